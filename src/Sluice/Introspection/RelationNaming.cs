using System.Diagnostics;
using Sluice.Catalog;

namespace Sluice.Introspection;

/// <summary>
/// Names for relations and their fields. A relation that is alone between two models needs none, and its fields are called after
/// the other model; where several meet, or a column has that name already, everything is named after the columns that hold it.
/// </summary>
internal sealed class RelationNaming
{
    private readonly Naming naming;
    private readonly HashSet<(ObjectName, ObjectName)> ambiguous = [];
    private readonly HashSet<string> relationNames = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectName, HashSet<string>> taken = [];

    public RelationNaming(Naming naming, IReadOnlyList<RelationLink> links)
    {
        this.naming = naming;
        var pairs = links.CountBy(Pair).ToDictionary();
        foreach (var link in links)
        {
            // What the previous schema called something is not free for anything else.
            Reserve(link);
        }

        foreach (var link in links.Where(l => pairs[Pair(l)] > 1 || TakesAColumnsName(l)))
        {
            ambiguous.Add(Pair(link));
        }
    }

    public RelationFieldNames Name(RelationLink link)
    {
        var isAmbiguous = ambiguous.Contains(Pair(link));
        return link switch
        {
            RelationLink.Inline { Previous: { FromField: { } forward, ToField: { } back } previous } inline => new(
                previous.Name ?? (isAmbiguous ? FreeRelationName(InlineRelationName(inline)) : ""), forward, back),
            RelationLink.ManyToMany { Previous: { } previous } => new(previous.Name ?? "", previous.AField, previous.BField),
            RelationLink.Inline inline => NewInline(inline, isAmbiguous),
            RelationLink.ManyToMany many => NewManyToMany(many, isAmbiguous),
            _ => throw new UnreachableException(),
        };
    }

    private RelationFieldNames NewInline(RelationLink.Inline link, bool isAmbiguous)
    {
        var (from, to) = (naming.Table(link.From.Name).Name, naming.Table(link.To.Name).Name);
        var prefix = link.IsSelf ? "other_" : "";
        if (!isAmbiguous)
        {
            return new(link.IsSelf ? FreeRelationName($"{from}To{to}") : "", Free(link.From, to), Free(link.To, prefix + from));
        }

        var name = FreeRelationName(InlineRelationName(link));
        return new(name, Free(link.From, $"{to}_{name}"), Free(link.To, $"{prefix}{from}_{name}"));
    }

    private string InlineRelationName(RelationLink.Inline link) =>
        $"{naming.Table(link.From.Name).Name}_{string.Join('_', link.Key.Columns.Select(c => naming.Column(link.From.Name, c).Name))}To{naming.Table(link.To.Name).Name}";

    private RelationFieldNames NewManyToMany(RelationLink.ManyToMany link, bool isAmbiguous)
    {
        var (a, b) = (naming.Table(link.A.Name).Name, naming.Table(link.B.Name).Name);
        var found = link.Join.Table.Name.Name[1..];
        var suffix = isAmbiguous ? link.Join.Table.Name.Name : "";
        var name = !isAmbiguous && found == $"{a}To{b}" && !link.IsSelf ? "" : found;
        return new(
            name,
            Free(link.A, $"{b}{suffix}{(link.IsSelf ? "_A" : "")}"),
            Free(link.B, $"{a}{suffix}{(link.IsSelf ? "_B" : "")}"));
    }

    private bool TakesAColumnsName(RelationLink link) => link switch
    {
        RelationLink.Inline { Previous: not null } or RelationLink.ManyToMany { Previous: not null } => false,
        _ => Columns(link.One).Contains(naming.Table(link.Two.Name).Name)
            || Columns(link.Two).Contains((link is { IsSelf: true } and RelationLink.Inline ? "other_" : "") + naming.Table(link.One.Name).Name),
    };

    private void Reserve(RelationLink link)
    {
        switch (link)
        {
            case RelationLink.Inline { Previous: { FromField: { } forward, ToField: { } back } previous }:
                Columns(link.One).Add(forward);
                Columns(link.Two).Add(back);
                relationNames.Add(previous.Name ?? "");
                break;
            case RelationLink.ManyToMany { Previous: { } previous }:
                Columns(link.One).Add(previous.AField);
                Columns(link.Two).Add(previous.BField);
                relationNames.Add(previous.Name ?? "");
                break;
            default:
                break;
        }
    }

    private HashSet<string> Columns(Table table)
    {
        if (!taken.TryGetValue(table.Name, out var names))
        {
            taken[table.Name] = names = naming.FieldNames(table.Name).ToHashSet(StringComparer.Ordinal);
        }

        return names;
    }

    private string Free(Table table, string wanted) => Free(wanted, Columns(table));

    private string FreeRelationName(string wanted) => Free(wanted, relationNames);

    private static string Free(string wanted, HashSet<string> names)
    {
        var name = wanted;
        for (var number = 2; !names.Add(name); number++)
        {
            name = $"{wanted}_{number}";
        }

        return name;
    }

    private static (ObjectName, ObjectName) Pair(RelationLink link) =>
        Compare(link.One.Name, link.Two.Name) <= 0 ? (link.One.Name, link.Two.Name) : (link.Two.Name, link.One.Name);

    private static int Compare(ObjectName one, ObjectName two) =>
        string.CompareOrdinal(one.Schema, two.Schema) is var bySchema and not 0 ? bySchema : string.CompareOrdinal(one.Name, two.Name);
}
