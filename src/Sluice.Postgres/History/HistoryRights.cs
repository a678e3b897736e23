using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.History;

/// <summary>Whether a run could write down what it does. Asked before it does anything.</summary>
internal static class HistoryRights
{
    /// <param name="table">As <see cref="IHistory.Table"/> has it: schema and name, no quotes.</param>
    /// <exception cref="ProblemException">P1010: the user may only read the history.</exception>
    public static async Task RequireAsync(NpgsqlConnection connection, string table, DatabaseAddress address, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT pg_catalog.has_any_column_privilege(c.oid, 'INSERT')
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname::text || '.' || c.relname::text = $1
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = table });
        if (await command.ExecuteScalarAsync(cancellation) is false)
        {
            var name = table[(table.LastIndexOf('.') + 1)..];
            throw new ProblemException(new Problem(
                "P1010",
                $"User `{address.User}` was denied access on the database `{address.Database}`: it may not write to the history `{table}`. No migration was applied.")
            {
                Remedies = [MissingRight.Remedy($"permission denied for table {name}", address)],
            });
        }
    }
}
