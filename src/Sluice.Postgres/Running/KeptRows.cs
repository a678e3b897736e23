using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Migrations;
using Sluice.Sql;

namespace Sluice.Postgres.Running;

/// <summary>The archive tables in which the ways back of migrations kept rows.</summary>
internal static class KeptRows
{
    /// <returns>Their names, quoted, as the scripts spell them; of those that the user may read and that still hold rows.</returns>
    public static async Task<ImmutableArray<string>> ReadAsync(NpgsqlConnection connection, ImmutableArray<MigrationFile> migrations, CancellationToken cancellation)
    {
        await using var find = new NpgsqlCommand(
            """
            SELECT '"' || n.nspname::text || '"."' || pg_catalog.replace(c.relname, '"', '""') || '"'
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relkind = 'r' AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
              AND EXISTS (SELECT FROM pg_catalog.unnest($2) p (prefix) WHERE pg_catalog.starts_with(c.relname, prefix))
            ORDER BY c.relname
            """,
            connection);
        find.Parameters.Add(new NpgsqlParameter { Value = ArchiveName.Schema });
        find.Parameters.Add(new NpgsqlParameter { Value = migrations.Select(m => ArchiveName.Prefix(m.Name, isUp: false)).ToArray() });
        var archives = new List<string>();
        await using (var reader = await find.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                archives.Add(reader.GetString(0));
            }
        }

        var kept = ImmutableArray.CreateBuilder<string>();
        foreach (var table in archives)
        {
            await using var any = new NpgsqlCommand($"SELECT EXISTS (SELECT FROM {table})", connection);
            if (await any.ExecuteScalarAsync(cancellation) is true)
            {
                kept.Add(table);
            }
        }

        return kept.ToImmutable();
    }
}
