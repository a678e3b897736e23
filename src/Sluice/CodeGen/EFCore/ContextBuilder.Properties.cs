using Sluice.Catalog;
using Sluice.Model;
using Sluice.Plan;
using Sluice.Sql;
using Sluice.Syntax;

namespace Sluice.CodeGen.EFCore;

internal sealed partial class ContextBuilder
{
    private PropertyShape Property(ScalarField field, Column column, string name)
    {
        var type = TypeOf(field);
        return new PropertyShape(
            name,
            field.ColumnName,
            type,
            StoreType(field),
            field.Arity is not FieldArity.Required,
            field.Arity is FieldArity.List,
            Default(field, column, type),
            field.IsUpdatedAt,
            GeneratorHints.Prose(field.Documentation));
    }

    private ClrType TypeOf(ScalarField field) => field.Type switch
    {
        FieldType.Enum { Name: var name } => new ClrType(settings.Namespace, types[name], true),
        FieldType.Scalar { Kind: ScalarKind.Json } when GeneratorHints.ClrType(field.Documentation) is { } type => new ClrType("", type, null),
        FieldType.Scalar when field.NativeType is { } native => ClrType.Of(native),
        _ => ClrType.Text,
    };

    private string StoreType(ScalarField field)
    {
        var type = field.Type switch
        {
            FieldType.Enum { Name: var name } => EnumStoreType(enumsOfModel[name]),
            FieldType.Unsupported { Text: var text } => text,
            _ => ClrType.StoreType(field.NativeType!),
        };
        return field.Arity is FieldArity.List ? type + "[]" : type;
    }

    private static string EnumStoreType(EnumDefinition definition) => definition.Schema is { } schema
        ? $"{SqlNames.Quote(schema)}.{SqlNames.Quote(definition.DatabaseName)}"
        : SqlNames.Quote(definition.DatabaseName);

    private PropertyDefault Default(ScalarField field, Column column, ClrType type)
    {
        if (field.Default is DefaultValue.Client client)
        {
            return Generator(client, type);
        }

        return column switch
        {
            { AutoIncrement: true } => new PropertyDefault.Serial(),
            { Default: null } => new PropertyDefault.None(),
            { Default: ColumnDefault.Expression { Sql: null } } => new PropertyDefault.Unknown(),
            _ when Constant(field, column.Default, type) is { } code => new PropertyDefault.Constant(code),
            _ => new PropertyDefault.Sql(SqlDefaults.Write(column, new SqlNames(new Naming(database.QualifyNames, database.QualifyNames)))),
        };
    }

    private static PropertyDefault.Client Generator(DefaultValue.Client client, ClrType type) => client switch
    {
        { Function: "cuid", Argument: 2 } => new("Cuid2ValueGenerator"),
        { Function: "cuid" } => new("CuidValueGenerator"),
        { Function: "ulid" } => new("UlidValueGenerator"),
        { Function: "nanoid", Argument: { } length } => new("NanoIdValueGenerator", length.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        { Function: "nanoid" } => new("NanoIdValueGenerator"),
        { Argument: 7 } => new(type == ClrType.Guid ? "Uuid7ValueGenerator" : "Uuid7TextValueGenerator"),
        _ => new(type == ClrType.Guid ? "Uuid4ValueGenerator" : "Uuid4TextValueGenerator"),
    };

    // Null for what C# cannot say as a constant, or says at the cost of digits.
    private string? Constant(ScalarField field, ColumnDefault value, ClrType type)
    {
        if (field.Arity is FieldArity.List)
        {
            return null;
        }

        return value switch
        {
            ColumnDefault.Boolean { Value: var boolean } when type.Name == "bool" => CodeLiteral.Boolean(boolean),
            ColumnDefault.Number { Value: var number } => CodeLiteral.Number(number, type.Name),
            ColumnDefault.Text { Value: var text } when type == ClrType.Text && field.NativeType?.Kind is not NativeKind.Char => CodeLiteral.Text(text),
            ColumnDefault.EnumLabel when field is { Type: FieldType.Enum { Name: var name }, Default: DefaultValue.EnumMember { Name: var member } } =>
                $"global::{settings.Namespace}.{types[name]}.{members[name][member]}",
            _ => null,
        };
    }
}
