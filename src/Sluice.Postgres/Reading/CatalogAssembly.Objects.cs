using Npgsql;
using Sluice.Catalog;
using Key = (uint Class, uint Object, long Part);

namespace Sluice.Postgres.Reading;

/// <summary>What the language cannot say, and who needs whom: the server's numbers become names.</summary>
internal sealed partial class CatalogAssembly
{
    private readonly Dictionary<Key, ObjectId> ids = [];
    private readonly Dictionary<Key, Key> aliases = [];
    private readonly List<ObjectRow> rows = [];
    private readonly List<(Key Of, Key On, bool IsPart)> links = [];
    private readonly List<SqlObject> objects = [];
    private readonly List<Dependency> dependencies = [];
    private bool seesObjects;
    private uint classOfRelations;
    private uint classOfTypes;

    private sealed record ObjectRow(Key Key, ObjectId Id, string? Definition, Key? Of);

    public async Task ReadObjectsAsync(int queries)
    {
        seesObjects = true;
        await results.ForEachAsync(_ => { });
        await results.ForEachAsync(row => (classOfRelations, classOfTypes) = (row.Oid(0), row.Oid(1)));
        for (var i = 0; i < queries; i++)
        {
            await results.ForEachAsync(row => rows.Add(new ObjectRow(
                (row.Oid(0), row.Oid(1), row.GetInt64(2)),
                new ObjectId(Enum.Parse<ObjectKind>(row.Text(3)), row.Text(4), row.Text(5), row.Text(6)),
                row.TextOrNull(7),
                row.IsDBNull(8) ? null : (row.Oid(8), row.Oid(9), row.GetInt64(10)))));
        }

        await results.ForEachAsync(row => aliases[(row.Oid(0), row.Oid(1), 0)] = (row.Oid(2), row.Oid(3), row.GetInt32(4)));
        await results.ForEachAsync(row => links.Add(((row.Oid(0), row.Oid(1), row.GetInt64(2)), (row.Oid(3), row.Oid(4), row.GetInt64(5)), row.GetBoolean(6))));
        NameWhatTheLanguageSays();
        NameObjects();
        LinkObjects();
    }

    private void NameWhatTheLanguageSays()
    {
        foreach (var (oid, relation) in relationsByOid.Where(r => !r.Value.IsView))
        {
            ids[(classOfRelations, oid, 0)] = new ObjectId(ObjectKind.Table, relation.Name.Schema, relation.Name.Name);
            foreach (var (number, column) in relation.NumberedColumns)
            {
                ids[(classOfRelations, oid, number)] = new ObjectId(ObjectKind.Column, relation.Name.Schema, relation.Name.Name, column);
            }
        }

        foreach (var (oid, name) in enumTypes)
        {
            ids[(classOfTypes, oid, 0)] = new ObjectId(ObjectKind.Enum, name.Schema, name.Name);
        }
    }

    private void NameObjects()
    {
        foreach (var row in rows.Where(r => r.Key.Class != 0))
        {
            ids[row.Key] = row.Id;
        }

        // Comments and rights are called after what they are about, which must be something that was found.
        var named = rows.Select(r => r.Id.Name.Length > 0 || r.Of is not { } of ? r : Find(of) is { } target ? r with { Id = r.Id with { Schema = target.Schema, Name = target.Name } } : null);
        var found = named.OfType<ObjectRow>().ToList();
        var tables = relations.ToLookup(r => (r.Name.Schema, r.Name.Name));
        foreach (var row in found.Where(r => r.Definition is not null))
        {
            objects.Add(new SqlObject(row.Id, row.Definition!));
            tables[(row.Id.Schema, row.Id.Name)].FirstOrDefault(r => !r.IsView)?.Take(objects[^1]);
        }

        var sequences = objects.Where(o => o.Id.Kind is ObjectKind.Sequence).Select(o => new ObjectName(o.Id.Schema, o.Id.Name)).ToHashSet();
        relations.ForEach(r => r.Borrow(sequences));
        objects.Sort((a, b) => Compare(a.Id, b.Id));
        foreach (var row in found.Where(r => r is { Of: not null, Definition: not null }))
        {
            if (Find(row.Of!.Value) is { } target)
            {
                dependencies.Add(new Dependency(row.Id, target, DependencyKind.Part));
            }
        }
    }

    private void LinkObjects()
    {
        var listed = objects.Select(o => o.Id).ToHashSet();
        var isFacet = new Func<ObjectKind, ObjectId, ObjectId?>((kind, of) => listed.Contains(of with { Kind = kind }) ? of with { Kind = kind } : null);
        foreach (var link in links)
        {
            if (Find(link.Of) is not { } of || Find(link.On) is not { } on)
            {
                continue;
            }

            var kind = link.IsPart ? DependencyKind.Part : DependencyKind.Use;
            // What a column needs by one of its facets, the facet needs; and a sequence is tied to its column by its owner.
            var facet = (of.Kind, on.Kind) switch
            {
                (ObjectKind.Column, ObjectKind.Domain) => isFacet(ObjectKind.DomainColumn, of),
                (ObjectKind.Column, ObjectKind.Collation) => isFacet(ObjectKind.ColumnCollation, of),
                (ObjectKind.Column, not (ObjectKind.CompositeType or ObjectKind.RangeType or ObjectKind.Enum)) => isFacet(ObjectKind.GeneratedColumn, of),
                (ObjectKind.Sequence, ObjectKind.Column) => isFacet(ObjectKind.SequenceOwner, of),
                _ => null,
            };
            // A publication loses a table without a word and is another one then.
            if (facet?.Kind is ObjectKind.SequenceOwner || of.Kind is ObjectKind.Publication)
            {
                kind = DependencyKind.Use;
            }

            of = facet ?? of;
            if (of != on && (of.Kind is not ObjectKind.Table || on.Kind is not ObjectKind.Table))
            {
                dependencies.Add(new Dependency(of, on, kind));
            }
        }

        // Of what the language says itself, only as much as an object needs: whose index it is that has a comment.
        var needed = dependencies.Where(d => listed.Contains(d.Of)).Select(d => d.On).ToHashSet();
        LinkRights();
        var distinct = dependencies.Distinct()
            .Where(d => listed.Contains(d.Of) || listed.Contains(d.On) || (d.Kind is DependencyKind.Part && needed.Contains(d.Of)))
            .ToList();
        distinct.Sort((a, b) => Compare(a.Of, b.Of) is not 0 and var order ? order : Compare(a.On, b.On) is not 0 and var next ? next : a.Kind.CompareTo(b.Kind));
        dependencies.Clear();
        dependencies.AddRange(distinct);
    }

    // Who loses a right to a table loses it to its columns too.
    private void LinkRights()
    {
        var whole = objects.Where(o => o.Id.Kind is ObjectKind.Grant && !IsOfColumn(o.Id)).ToLookup(o => (o.Id.Schema, o.Id.Name, Grantee(o.Id)), o => o.Id);
        dependencies.AddRange(objects.Where(o => o.Id.Kind is ObjectKind.Grant && IsOfColumn(o.Id))
            .SelectMany(o => whole[(o.Id.Schema, o.Id.Name, Grantee(o.Id))].Select(w => new Dependency(o.Id, w, DependencyKind.Use))));

        static bool IsOfColumn(ObjectId id) => id.Part.Split('\n').Length > 3;

        static string Grantee(ObjectId id) => id.Part.Split('\n')[1];
    }

    private ObjectId? Find(Key key)
    {
        if (ids.TryGetValue(key, out var id))
        {
            return id;
        }

        // A column of a view or partition is the whole of it; an alias may lead to another (an array of a table's rows).
        return aliases.TryGetValue(key, out var other) ? Find(other)
            : key.Part != 0 ? Find(key with { Part = 0 })
            : null;
    }

    private static int Compare(ObjectId a, ObjectId b) =>
        a.Kind.CompareTo(b.Kind) is not 0 and var kind ? kind
        : string.CompareOrdinal(a.Schema, b.Schema) is not 0 and var schema ? schema
        : string.CompareOrdinal(a.Name, b.Name) is not 0 and var name ? name
        : string.CompareOrdinal(a.Part, b.Part);
}
