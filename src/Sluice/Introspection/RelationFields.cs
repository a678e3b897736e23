using System.Diagnostics;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Model.Indexes;
using Sluice.Syntax;

namespace Sluice.Introspection;

/// <summary>The relation fields of every model, in the order of the tables and keys that hold them.</summary>
internal sealed class RelationFields
{
    private readonly Dictionary<ObjectName, List<PulledField>> fields = [];
    private readonly Pairing pairing;
    private readonly Naming naming;
    private readonly Identifiers identifiers;

    public RelationFields(Pairing pairing, Naming naming, Identifiers identifiers, RelationLinks links)
    {
        this.pairing = pairing;
        this.naming = naming;
        this.identifiers = identifiers;
        var all = links.All().ToList();
        var names = new RelationNaming(naming, all);
        foreach (var link in all)
        {
            Add(link, names.Name(link));
        }
    }

    public IReadOnlyList<PulledField> Of(Table table) => fields.GetValueOrDefault(table.Name) ?? [];

    /// <summary>Those that no foreign key backs: to and from views, and all where the client keeps relations whole by itself.</summary>
    public IEnumerable<PulledField> Copied(Entity? previous)
    {
        foreach (var field in previous?.RelationFields.Items ?? [])
        {
            var isBacked = pairing.UsesForeignKeys && !previous!.IsView && pairing.Entity(field.EntityName) is { IsView: false };
            if (!isBacked && pairing.Stands(field.EntityName) && pairing.Field(previous!.Name, field.Name) is { } written)
            {
                yield return written with { Documentation = field.Documentation };
            }
        }
    }

    private void Add(RelationLink link, RelationFieldNames names)
    {
        switch (link)
        {
            case RelationLink.Inline inline:
                var optional = inline.Key.Columns.Any(c => inline.From.Column(c)!.Arity is not FieldArity.Required);
                Put(inline.From, names.First, inline.To, optional ? "?" : "", [ForwardAttribute(inline, names.Relation), .. Ignore(inline, inline.From)]);
                Put(inline.To, names.Second, inline.From, IsOneToOne(inline) ? "?" : "[]", [.. NameAttribute(names.Relation), .. Ignore(inline, inline.To)]);
                break;
            case RelationLink.ManyToMany many:
                Put(many.A, names.First, many.B, "[]", NameAttribute(names.Relation));
                Put(many.B, names.Second, many.A, "[]", NameAttribute(names.Relation));
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Put(Table owner, string name, Table type, string arity, string[] attributes)
    {
        if (!fields.TryGetValue(owner.Name, out var list))
        {
            fields[owner.Name] = list = [];
        }

        var documentation = pairing.Entity(owner.Name, isView: false)?.RelationFields.FirstOrDefault(f => f.Name == name)?.Documentation;
        list.Add(new PulledField(name, naming.Table(type.Name).Name + arity, [.. attributes], documentation));
    }

    private string[] Ignore(RelationLink.Inline link, Table owner) =>
        (!identifiers.Has(link.From) || !identifiers.Has(link.To)) && !identifiers.IsIgnored(owner) ? ["@ignore"] : [];

    private static string[] NameAttribute(string name) => name.Length == 0 ? [] : [$"@relation({Literals.Text(name)})"];

    private string ForwardAttribute(RelationLink.Inline link, string name)
    {
        var key = link.Key;
        var arguments = new List<string>();
        if (name.Length > 0)
        {
            arguments.Add(Literals.Text(name));
        }

        arguments.Add($"fields: [{string.Join(", ", key.Columns.Select(c => naming.Column(link.From.Name, c).Name))}]");
        arguments.Add($"references: [{string.Join(", ", key.ReferencedColumns.Select(c => naming.Column(link.To.Name, c).Name))}]");
        var usual = key.Columns.Any(c => link.From.Column(c)!.Arity is FieldArity.Required) ? ReferentialAction.Restrict : ReferentialAction.SetNull;
        if (key.OnDelete != usual)
        {
            arguments.Add($"onDelete: {key.OnDelete}");
        }

        if (key.OnUpdate is not ReferentialAction.Cascade)
        {
            arguments.Add($"onUpdate: {key.OnUpdate}");
        }

        if (key.Name != ConstraintNames.ForeignKey(link.From.Name.Name, key.Columns))
        {
            arguments.Add($"map: {Literals.Text(key.Name)}");
        }

        return $"@relation({string.Join(", ", arguments)})";
    }

    private static bool IsOneToOne(RelationLink.Inline link)
    {
        var columns = link.Key.Columns.ToHashSet(StringComparer.Ordinal);
        return (link.From.PrimaryKey is { } key && key.Columns.All(c => columns.Contains(c.Name)))
            || link.From.Indexes.Any(i => i.IsUnique && i.Where is null && i.Columns.All(c => columns.Contains(c.Name)));
    }
}
