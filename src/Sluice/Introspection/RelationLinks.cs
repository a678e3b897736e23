using Sluice.Catalog;
using Sluice.Model;

namespace Sluice.Introspection;

/// <summary>Finds the relations that a database holds, each with its counterpart in the previous schema.</summary>
internal sealed class RelationLinks(Database database, Pairing pairing, Naming naming, IReadOnlyDictionary<ObjectName, JoinTable> joinTables)
{
    private readonly Dictionary<ObjectName, Table> tables = database.Tables.ToDictionary(t => t.Name);

    private readonly ILookup<string, Relation.ForeignKey> previousKeys =
        pairing.Relations.OfType<Relation.ForeignKey>().ToLookup(r => r.From, StringComparer.Ordinal);

    private readonly ILookup<string, Relation.ManyToMany> previousJoins =
        pairing.Relations.OfType<Relation.ManyToMany>().ToLookup(r => r.TableName, StringComparer.Ordinal);

    public IEnumerable<RelationLink> All() => pairing.UsesForeignKeys ? Inline().Concat<RelationLink>(Joined()) : [];

    private IEnumerable<RelationLink.Inline> Inline()
    {
        foreach (var from in database.Tables.Where(t => !joinTables.ContainsKey(t.Name)))
        {
            // Two keys may say the same thing; one relation does.
            foreach (var key in from.ForeignKeys.DistinctBy(k => (k.Columns, k.ReferencedTable, k.ReferencedColumns)))
            {
                if (tables.TryGetValue(key.ReferencedTable, out var to) && !joinTables.ContainsKey(to.Name) && IsSayable(from, key.Columns) && IsSayable(to, key.ReferencedColumns))
                {
                    yield return new RelationLink.Inline(from, to, key, Previous(from, to, key));
                }
            }
        }
    }

    private IEnumerable<RelationLink.ManyToMany> Joined() => database.Tables
        .Where(t => joinTables.ContainsKey(t.Name))
        .Select(t => joinTables[t.Name])
        .Select(j => new RelationLink.ManyToMany(
            tables[j.A.ReferencedTable], tables[j.B.ReferencedTable], j, previousJoins[j.Table.Name.Name].FirstOrDefault()));

    private bool IsSayable(Table table, IEnumerable<string> columns) => columns.All(c => !naming.IsUnsayable(table.Name, c));

    private Relation.ForeignKey? Previous(Table from, Table to, ForeignKey key) =>
        pairing.Entity(from.Name, isView: false) is { } entity
            ? previousKeys[entity.Name].FirstOrDefault(r =>
                r.To == naming.Table(to.Name).Name
                && r.FromColumnsFields.Select(f => entity.Fields.FirstOrDefault(s => s.Name == f)?.ColumnName).SequenceEqual(key.Columns.Items))
            : null;
}
