using Sluice.Catalog;
using Sluice.Model;
using Sluice.Model.Indexes;

namespace Sluice.Introspection;

/// <summary>Keys and indexes that stand below a model's fields.</summary>
internal sealed class IndexPrinter(Pairing pairing, Naming naming, PullFindings findings)
{
    public IEnumerable<PulledAttribute> Print(Table table, Entity? previous)
    {
        if (table.PrimaryKey is { } key && (key.Columns.Count > 1 || pairing.SaysBelow(previous, AttributeKeys.Id)) && IsSayable(table, key.Columns))
        {
            yield return new PulledAttribute(AttributeKeys.Id, Id(table, key, previous?.PrimaryKey));
        }

        var known = previous?.Indexes.Select((index, position) => (index, position)).GroupBy(p => p.index.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal) ?? [];
        var indexes = table.Indexes
            .Where(i => IsShown(table, i, previous))
            .OrderBy(i => known.TryGetValue(i.Name, out var found) ? found.position : int.MaxValue);
        foreach (var index in indexes)
        {
            yield return new PulledAttribute(AttributeKeys.Index(index.Name), Block(table, index, known.TryGetValue(index.Name, out var found) ? found.index.ClientName : null));
        }
    }

    private bool IsShown(Table table, Catalog.Index index, Entity? previous)
    {
        var owner = naming.Table(table.Name).Name;
        if (index.Where is not null && pairing.WithPartialIndexes)
        {
            return IsSayable(table, index.Columns);
        }

        if (index.Where is not null)
        {
            findings.Add(PullFinding.PartialIndex, $"{owner}: {index.Name}");
            return false;
        }

        if (index is not { IsUnique: true, Columns: [var only] } || pairing.SaysBelow(previous, AttributeKeys.Index(index.Name)))
        {
            return IsSayable(table, index.Columns);
        }

        if (pairing.UniqueOfField(table, only.Name) != index)
        {
            findings.Add(PullFinding.RepeatedUnique, $"{owner}: {index.Name}");
        }

        return false;
    }

    private bool IsSayable(Table table, IEnumerable<IndexColumn> columns) => columns.All(c => !naming.IsUnsayable(table.Name, c.Name));

    private string Id(Table table, PrimaryKey key, PrimaryKeyDefinition? previous)
    {
        var map = key.Name != ConstraintNames.PrimaryKey(table.Name.Name) ? key.Name : null;
        return $"@@id({Columns(table, key.Columns, Model.IndexType.BTree)}{Name(previous?.ClientName)}{Map(map)})";
    }

    private string Block(Table table, Catalog.Index index, string? clientName)
    {
        var columns = index.Columns.Select(c => c.Name);
        var usual = index.IsUnique ? ConstraintNames.Unique(table.Name.Name, columns) : ConstraintNames.Index(table.Name.Name, columns);
        var type = index.Type is Model.IndexType.BTree ? "" : $", type: {index.Type}";
        var where = index.Where is { } predicate ? $", where: raw({Literals.Text(predicate)})" : "";
        return $"@@{(index.IsUnique ? "unique" : "index")}({Columns(table, index.Columns, index.Type)}{Name(clientName)}{Map(index.Name != usual ? index.Name : null)}{type}{where})";
    }

    private static string Name(string? name) => name is null ? "" : $", name: {Literals.Text(name)}";

    private static string Map(string? name) => name is null ? "" : $", map: {Literals.Text(name)}";

    private string Columns(Table table, IEnumerable<IndexColumn> columns, Model.IndexType type) =>
        $"[{string.Join(", ", columns.Select(c => naming.Column(table.Name, c.Name).Name + Details(c, type)))}]";

    private static string Details(IndexColumn column, Model.IndexType type)
    {
        var details = new List<string>();
        if (column.Descending)
        {
            details.Add("sort: Desc");
        }

        if (column.OperatorClass is { } operatorClass)
        {
            details.Add("ops: " + (OperatorClass.FindBySqlName(operatorClass, type)?.Name ?? $"raw({Literals.Text(operatorClass)})"));
        }

        return details.Count == 0 ? "" : $"({string.Join(", ", details)})";
    }
}
