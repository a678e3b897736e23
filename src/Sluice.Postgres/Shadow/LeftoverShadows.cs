using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Shadow;

/// <summary>Shadow databases that a killed run left behind. Only those that carry our mark, are idle and not brand-new are touched.</summary>
internal static class LeftoverShadows
{
    public const string Prefix = "prisma_migrate_shadow_db_";
    private const string Mark = "sluice shadow database, made ";

    // Between its creation and the first connection a new one looks like a leftover.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    public static async Task MarkAsync(NpgsqlConnection creator, string name, TimeProvider clock, CancellationToken cancellation)
    {
        var mark = Mark + clock.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        await using var command = new NpgsqlCommand($"COMMENT ON DATABASE {ServerConnection.Quote(name)} IS '{mark}'", creator);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task DropAsync(NpgsqlConnection server, RunSettings settings, CancellationToken cancellation)
    {
        foreach (var name in await FindAsync(server, settings.Clock, cancellation))
        {
            try
            {
                await using var drop = new NpgsqlCommand($"DROP DATABASE IF EXISTS {ServerConnection.Quote(name)}", server);
                await drop.ExecuteNonQueryAsync(cancellation);
                settings.Progress?.Report(new RunEvent.LeftoverShadowDropped(name));
            }
            catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.ObjectInUse or PostgresErrorCodes.InsufficientPrivilege)
            {
                // In use after all, or another user's: then it is not ours to drop.
            }
        }
    }

    private static async Task<List<string>> FindAsync(NpgsqlConnection server, TimeProvider clock, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT d.datname::text, s.description
            FROM pg_catalog.pg_database d
            JOIN pg_catalog.pg_shdescription s ON s.objoid = d.oid AND s.classoid = 'pg_catalog.pg_database'::regclass
            WHERE pg_catalog.starts_with(d.datname::text, $1) AND pg_catalog.starts_with(s.description, $2)
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)
            """,
            server);
        command.Parameters.Add(new NpgsqlParameter { Value = Prefix });
        command.Parameters.Add(new NpgsqlParameter { Value = Mark });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            var made = reader.GetString(1)[Mark.Length..];
            if (DateTimeOffset.TryParse(made, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                && clock.GetUtcNow() - time > Grace)
            {
                found.Add(reader.GetString(0));
            }
        }

        return found;
    }
}
