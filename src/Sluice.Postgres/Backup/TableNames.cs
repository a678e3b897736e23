using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Backup;

/// <summary>The tables that hold rows of a database's own: those whose rows a dump contains.</summary>
internal static class TableNames
{
    public static async Task<ImmutableArray<ObjectName>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT n.nspname::text, c.relname::text
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname::text !~ '^pg_' AND n.nspname <> 'information_schema'
              AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_depend d
                WHERE d.classid = 'pg_catalog.pg_class'::regclass::oid AND d.objid = c.oid AND d.deptype = 'e')
            ORDER BY n.nspname::text COLLATE "C", c.relname::text COLLATE "C"
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var names = ImmutableArray.CreateBuilder<ObjectName>();
        while (await reader.ReadAsync(cancellation))
        {
            names.Add(new ObjectName(reader.GetString(0), reader.GetString(1)));
        }

        return names.ToImmutable();
    }

    /// <summary>The tables a scope means; null for all of them.</summary>
    /// <exception cref="ProblemException">SL5106: it names one that is not there.</exception>
    public static async Task<ImmutableArray<ObjectName>?> InScopeAsync(NpgsqlConnection connection, BackupScope scope, string schema, CancellationToken cancellation)
    {
        switch (scope)
        {
            case BackupScope.Whole:
                return null;
            case BackupScope.Affected(var affected):
                return [.. (await ReadAsync(connection, cancellation)).Where(affected.ToHashSet().Contains)];
            case BackupScope.Tables(var names):
                return Named(names, await ReadAsync(connection, cancellation), schema);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>What `table` or `schema.table` can mean: a name may have a dot in it.</summary>
    public static IEnumerable<ObjectName> Meanings(string name, string schema)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? [new(schema, name)] : [new(schema, name), new(name[..dot], name[(dot + 1)..])];
    }

    private static ImmutableArray<ObjectName> Named(ImmutableArray<string> names, ImmutableArray<ObjectName> all, string schema)
    {
        var found = new HashSet<ObjectName>();
        foreach (var name in names)
        {
            var there = Meanings(name, schema).Where(m => all.Contains(m)).ToList();
            if (there.Count == 0)
            {
                throw new ProblemException(new Problem("SL5106", $"There is no table `{name}` to save the rows of.")
                {
                    Remedies = ["Write it as the database has it, with its schema when that is not the connection's: `--tables sales.orders`"],
                });
            }

            found.Add(there[0]);
        }

        return [.. all.Where(found.Contains)];
    }
}
