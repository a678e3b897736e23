using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Backup;

/// <summary>
/// `pg_dump` and `pg_restore` set their session, `search_path` to nothing among it, and leave it so. A pooler gives that session
/// to the next client, whose statements then find no table: so neither is started through one.
/// </summary>
internal static class DirectSession
{
    /// <exception cref="ProblemException">SL5110: a pooler is between.</exception>
    public static async Task RequireAsync(NpgsqlConnection connection, DatabaseAddress address, CancellationToken cancellation)
    {
        await using var own = new NpgsqlCommand("SELECT pg_catalog.pg_backend_pid() = $1", connection);
        own.Parameters.Add(new NpgsqlParameter { Value = connection.ProcessID });
        if (address.IsPooled || await own.ExecuteScalarAsync(cancellation) is not true)
        {
            throw new ProblemException(new Problem(
                "SL5110",
                $"The server at `{address.Server}` is reached through a pooler, where a dump or a restore would leave its settings in sessions that others have next. Nothing was changed.")
            {
                Remedies =
                [
                    "Connect to the server itself, past the pooler: --url, or `directUrl` in the schema.",
                    "Or let the migrations run without a backup of their own: --no-backup",
                ],
            });
        }
    }
}
