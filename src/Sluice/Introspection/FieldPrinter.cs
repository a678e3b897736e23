using System.Diagnostics;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Model.Fields;
using Sluice.Model.Indexes;
using Sluice.Syntax;

namespace Sluice.Introspection;

/// <summary>Columns as fields.</summary>
internal sealed class FieldPrinter(Pairing pairing, Naming naming, PullFindings findings)
{
    public const string InvalidName =
        "This field was commented out because of an invalid name. Please provide a valid one that matches [a-zA-Z][a-zA-Z0-9_]*";

    public PulledField OfTable(Table table, Column column)
    {
        var previous = Previous(pairing.Entity(table.Name, isView: false), column);
        return Print(table.Name, naming.Table(table.Name).Name, column, column.Arity, previous, [.. UniqueAttribute(table, column), .. IdAttribute(table, column)]);
    }

    public PulledField OfView(View view, Column column)
    {
        var entity = pairing.Entity(view.Name, isView: true);
        var previous = Previous(entity, column);

        // The server takes every column of a view for nullable; whoever wrote the schema may know better.
        var arity = column.Arity is FieldArity.Optional && previous is { Arity: FieldArity.Required } ? FieldArity.Required : column.Arity;
        string[] keys = previous is null ? []
            : entity!.PrimaryKey is { Fields: [var only] } && only.FieldName == previous.Name && !pairing.SaysBelow(entity, AttributeKeys.Id) ? ["@id"]
            : entity!.Indexes.Any(i => i.IsUnique && i.Fields is [var field] && field.FieldName == previous.Name && !pairing.SaysBelow(entity, AttributeKeys.Index(i.Name))) ? ["@unique"]
            : [];
        return Print(view.Name, naming.View(view.Name).Name, column, arity, previous, keys);
    }

    private PulledField Print(ObjectName owner, string block, Column column, FieldArity arity, ScalarField? previous, string[] keys)
    {
        var name = naming.Column(owner, column.Name);
        var suffix = arity switch { FieldArity.List => "[]", FieldArity.Optional => "?", _ => "" };
        string[] attributes =
        [
            .. Where(previous is { IsUpdatedAt: true }, "@updatedAt"),
            .. keys,
            .. Default(column, previous) is { } value ? [$"@default({value})"] : Array.Empty<string>(),
            .. name.Map is { } map ? [$"@map({Literals.Text(map)})"] : Array.Empty<string>(),
            .. NativeAttribute(column.Type),
            .. Where(previous is { IsIgnored: true }, "@ignore"),
        ];
        if (column.Type is ColumnType.Unsupported type)
        {
            findings.Add(PullFinding.UnsupportedType, $"{block}.{name.Name}: {type.Text}");
        }

        if (column.Comment is not null && previous is null)
        {
            findings.Add(PullFinding.DatabaseComment, $"{block}.{name.Name}");
        }

        if (name.IsUnsayable)
        {
            findings.Add(PullFinding.FieldCommentedOut, $"{block}: {name.Name}");
        }

        return new PulledField(name.Name, TypeOf(column.Type) + suffix, [.. attributes], name.IsUnsayable ? InvalidName : previous?.Documentation) { IsCommentedOut = name.IsUnsayable };
    }

    private static string[] Where(bool applies, string attribute) => applies ? [attribute] : [];

    private static ScalarField? Previous(Entity? entity, Column column) => entity?.Fields.FirstOrDefault(f => f.ColumnName == column.Name);

    private string TypeOf(ColumnType type) => type switch
    {
        ColumnType.Native native => NativeTypes.Scalar(native.Type.Kind).ToString(),
        ColumnType.Enum named => naming.Enum(named.Name).Name,
        ColumnType.Unsupported other => $"Unsupported({Literals.Text(other.Text)})",
        _ => throw new UnreachableException(),
    };

    private string[] NativeAttribute(ColumnType type) =>
        type is ColumnType.Native { Type: var native } && native != NativeTypes.Default(NativeTypes.Scalar(native.Kind))
            ? [$"@{pairing.Prefix}.{NativeTypes.Write(native)}"]
            : [];

    private string? Default(Column column, ScalarField? previous)
    {
        if (column.AutoIncrement && column.Type is ColumnType.Native { Type.Kind: NativeKind.Integer or NativeKind.BigInt or NativeKind.SmallInt or NativeKind.Oid })
        {
            return "autoincrement()";
        }

        return column.Default is { } value ? new DefaultPrinter(naming).Print(value, column.Type) : ClientDefault(previous);
    }

    // `uuid()` and its like are made by the client, the database knows nothing of them.
    private static string? ClientDefault(ScalarField? previous) => previous?.Default switch
    {
        DefaultValue.Client { Argument: { } argument } client => $"{client.Function}({argument})",
        DefaultValue.Client client => $"{client.Function}()",
        _ => null,
    };

    private string[] IdAttribute(Table table, Column column)
    {
        if (table.PrimaryKey is not { Columns: [var only] } key || only.Name != column.Name || pairing.SaysBelow(pairing.Entity(table.Name, isView: false), AttributeKeys.Id))
        {
            return [];
        }

        return ["@id" + Arguments(key.Name != ConstraintNames.PrimaryKey(table.Name.Name) ? [$"map: {Literals.Text(key.Name)}"] : [])];
    }

    private string[] UniqueAttribute(Table table, Column column)
    {
        if (pairing.UniqueOfField(table, column.Name) is not { } index)
        {
            return [];
        }

        var arguments = new List<string>();
        if (index.Name != ConstraintNames.Unique(table.Name.Name, [column.Name]))
        {
            arguments.Add($"map: {Literals.Text(index.Name)}");
        }

        if (index.Columns[0].Descending)
        {
            arguments.Add("sort: Desc");
        }

        return ["@unique" + Arguments(arguments)];
    }

    private static string Arguments(List<string> arguments) => arguments.Count == 0 ? "" : $"({string.Join(", ", arguments)})";
}
