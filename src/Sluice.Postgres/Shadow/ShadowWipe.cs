using System.Globalization;
using System.Text;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Shadow;

/// <summary>Empties a configured shadow database. Before that it makes sure, by what the server says, that it is not the main one.</summary>
internal static class ShadowWipe
{
    public static async Task RunAsync(NpgsqlConnection shadow, RunSettings settings, CancellationToken cancellation)
    {
        // Two runs must not share it; the lock is the one of migrations, but of this database.
        await AdvisoryLock.TakeAsync(shadow, settings, cancellation);
        await RefuseMainAsync(shadow, settings, cancellation);

        var script = new StringBuilder("BEGIN;");
        foreach (var schema in await SchemasAsync(shadow, cancellation))
        {
            script.Append(CultureInfo.InvariantCulture, $"DROP SCHEMA {ServerConnection.Quote(schema)} CASCADE;");
        }

        script.Append("CREATE SCHEMA public;");
        if (settings.Address.Schema != "public")
        {
            script.Append(CultureInfo.InvariantCulture, $"CREATE SCHEMA {ServerConnection.Quote(settings.Address.Schema)};");
        }

        await using var wipe = new NpgsqlCommand(script.Append("COMMIT").ToString(), shadow);
        await wipe.ExecuteNonQueryAsync(cancellation);
    }

    // One server has many names (localhost, an alias, a tunnel); its start time and the database's number do not.
    private static async Task RefuseMainAsync(NpgsqlConnection shadow, RunSettings settings, CancellationToken cancellation)
    {
        try
        {
            await using var main = await ServerConnection.OpenAsync(settings.Address with { Retry = new RetryPolicy(0, TimeSpan.Zero) }, cancellation);
            if (await IdentityAsync(main, cancellation) == await IdentityAsync(shadow, cancellation))
            {
                throw ShadowDatabase.SameAsMain(settings.ShadowAddress!);
            }
        }
        catch (ProblemException absent) when (absent.Problem.Code is "P1001" or "P1003")
        {
            // What cannot be reached or does not exist cannot be the database we are connected to.
        }
    }

    private static async Task<string?> IdentityAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT pg_catalog.pg_postmaster_start_time()::text || ' ' || d.oid::text
            FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
            """,
            connection);
        return await command.ExecuteScalarAsync(cancellation) as string;
    }

    private static async Task<List<string>> SchemasAsync(NpgsqlConnection shadow, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT nspname::text FROM pg_catalog.pg_namespace WHERE nspname::text !~ '^pg_' AND nspname <> 'information_schema' ORDER BY nspname",
            shadow);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
