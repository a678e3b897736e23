using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;

namespace Sluice.Postgres.Backup;

/// <summary>The last migration that either layout's history knows as applied.</summary>
internal static class SchemaVersion
{
    private const string Versioned = "schema_migrations";

    public static async Task<string?> ReadAsync(NpgsqlConnection connection, string schema, CancellationToken cancellation)
    {
        // Asked before it is read: a missing table would end the transaction.
        await using var which = new NpgsqlCommand(
            """
            SELECT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = ANY ($2) AND EXISTS (
              SELECT FROM pg_catalog.pg_attribute a
              WHERE a.attrelid = c.oid AND a.attname = CASE c.relname WHEN 'schema_migrations' THEN 'applied_at' ELSE 'finished_at' END)
            ORDER BY c.relname DESC LIMIT 1
            """,
            connection);
        which.Parameters.Add(new NpgsqlParameter { Value = schema });
        which.Parameters.Add(new NpgsqlParameter { Value = new[] { HistoryTable.Name, Versioned } });
        if (await which.ExecuteScalarAsync(cancellation) is not string table)
        {
            return null;
        }

        var name = $"{ServerConnection.Quote(schema)}.{ServerConnection.Quote(table)}";
        await using var last = new NpgsqlCommand(
            table == Versioned
                ? $"SELECT version::text FROM {name} ORDER BY applied_at DESC, version DESC LIMIT 1"
                : $"SELECT migration_name::text FROM {name} WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name DESC LIMIT 1",
            connection);
        return await last.ExecuteScalarAsync(cancellation) as string;
    }
}
