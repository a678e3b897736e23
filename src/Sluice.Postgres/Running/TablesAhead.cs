using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Lint.Predicting;

namespace Sluice.Postgres.Running;

/// <summary>The tables of a live database that the scripts of a run can change.</summary>
/// <param name="All">Those there are now.</param>
/// <param name="Touched">Those whose rows or columns can change.</param>
/// <param name="Unclear">What could change any table; null when the list is complete.</param>
internal sealed record TablesAhead(ImmutableHashSet<ObjectName> All, ImmutableArray<ObjectName> Touched, string? Unclear)
{
    public static async Task<TablesAhead> ReadAsync(RunAhead ahead, CancellationToken cancellation)
    {
        var live = await LiveSchema.ReadAsync(ahead.Connection, ahead.Settings.Address.Schema, cancellation);
        var scripts = TouchedTables.Of(ahead.Migrations.Select(m => m.Script), live.Script);
        await using var batch = new NpgsqlBatch(ahead.Connection)
        {
            BatchCommands = { new(Tables), new(Cascades), new(Functions) },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var all = await ReadAsync(reader, r => (Name: new ObjectName(r.GetString(0), r.GetString(1)), HasCode: r.GetBoolean(2)));
        var cascades = await ReadAsync(reader, r => (Child: new ObjectName(r.GetString(0), r.GetString(1)), Parent: new ObjectName(r.GetString(2), r.GetString(3))));
        var functions = await ReadAsync(reader, r => r.GetString(0));

        var touched = Named(scripts.Tables.Items);
        var written = Named(scripts.Written.Items);
        var children = cascades.ToLookup(c => c.Parent, c => c.Child);
        for (var parents = new Queue<ObjectName>(written); parents.TryDequeue(out var parent);)
        {
            foreach (var child in children[parent].Where(written.Add))
            {
                parents.Enqueue(child);
            }
        }

        touched.UnionWith(written);
        var unclear = (live == LiveSchema.Nothing ? "the schema cannot be read now" : null)
            ?? scripts.Unclear
            ?? (functions.FirstOrDefault(f => scripts.Called.Items.Contains(f)) is { } function ? $"it calls {function}()" : null)
            ?? (all.FirstOrDefault(t => t.HasCode && written.Contains(t.Name)) is { Name.Name: { } table } ? $"{table} has triggers or rules" : null);
        return new TablesAhead([.. all.Select(t => t.Name)], [.. touched.OrderBy(t => t.Schema, StringComparer.Ordinal).ThenBy(t => t.Name, StringComparer.Ordinal)], unclear);

        // A script may change the search path, so a name alone is meant in every schema.
        HashSet<ObjectName> Named(IEnumerable<string> names)
        {
            var wanted = names.ToHashSet(StringComparer.Ordinal);
            return [.. all.Select(t => t.Name).Where(n => wanted.Contains(TableLock.NameOf(n with { Schema = "" })) || wanted.Contains(TableLock.NameOf(n)))];
        }

        async Task<List<T>> ReadAsync<T>(NpgsqlDataReader rows, Func<NpgsqlDataReader, T> row)
        {
            var list = new List<T>();
            while (await rows.ReadAsync(cancellation))
            {
                list.Add(row(rows));
            }

            await rows.NextResultAsync(cancellation);
            return list;
        }
    }

    private const string Tables =
        """
        SELECT n.nspname::text, c.relname::text,
               c.relhasrules OR EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname::text !~ '^pg_' AND n.nspname <> 'information_schema'
        """;

    // Rows of a child change with those of its parent: by its foreign key's action, or because it is a partition of it.
    private const string Cascades =
        """
        SELECT n.nspname::text, c.relname::text, pn.nspname::text, p.relname::text
        FROM (SELECT conrelid AS child, confrelid AS parent FROM pg_catalog.pg_constraint
              WHERE contype = 'f' AND (confdeltype IN ('c', 'n', 'd') OR confupdtype IN ('c', 'n', 'd'))
              UNION SELECT inhrelid, inhparent FROM pg_catalog.pg_inherits) k
        JOIN pg_catalog.pg_class c ON c.oid = k.child JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_class p ON p.oid = k.parent JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
        """;

    private const string Functions =
        """
        SELECT DISTINCT p.proname::text
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE p.provolatile = 'v' AND n.nspname::text !~ '^pg_' AND n.nspname <> 'information_schema'
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::regclass::oid AND d.objid = p.oid AND d.deptype = 'e')
        """;
}
