using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;

namespace Sluice.Postgres.Backup;

/// <summary>
/// What a restore leaves that was killed while it put a database aside: the old one, whole, and shut for everybody, and the new one
/// with a comment that says whose place it was to take. It is undone: of the new one nobody has seen anything yet, and the backup is still there.
/// </summary>
public static class HalfSwap
{
    // In the two-number form, beside the lock of migrations; the second number is the database's.
    private const string Lock = "72707369, pg_catalog.hashtext($1)";

    /// <summary>Null where no restore was killed in that moment.</summary>
    /// <exception cref="ProblemException">The server cannot be reached.</exception>
    public static Task<HalfSwapped?> FindAsync(RunSettings settings, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var server = await ServerConnection.OpenMaintenanceAsync(settings.Address, cancellation);
            return await FindAsync(server, settings.Address.Database, cancellation);
        });

    /// <summary>Lets everybody in again, and removes what was to come in its place.</summary>
    /// <returns>False where there is nothing to undo, or the restore is at work.</returns>
    /// <exception cref="ProblemException">SL5113: the user may not.</exception>
    public static Task<bool> UndoAsync(RunSettings settings, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var server = await ServerConnection.OpenMaintenanceAsync(settings.Address, cancellation);
            if (!await TakeAsync(server, settings.Address.Database, cancellation) || await FindAsync(server, settings.Address.Database, cancellation) is not { } left)
            {
                return false;
            }

            try
            {
                foreach (var statement in left.Statements)
                {
                    await using var undo = new NpgsqlCommand(statement, server);
                    await undo.ExecuteNonQueryAsync(cancellation);
                }
            }
            catch (PostgresException refused)
            {
                throw new ProblemException(
                    new Problem(ConnectionProblems.ShutCode, $"What a killed restore of `{left.Database}` left could not be undone: {refused.SqlState} {refused.MessageText}")
                    {
                        Remedies = [.. left.Statements.Select(s => $"As its owner, in the database `postgres`: {s};")],
                    },
                    refused);
            }

            return true;
        });

    internal static string Mark(string fresh, string target) =>
        $"COMMENT ON DATABASE {ServerConnection.Quote(fresh)} IS '{Comment(target).Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Until the session ends: a restore that has it is alive.</summary>
    internal static async Task<bool> TakeAsync(NpgsqlConnection server, string target, CancellationToken cancellation)
    {
        await using var take = new NpgsqlCommand($"SELECT pg_catalog.pg_try_advisory_lock({Lock})", server);
        take.Parameters.Add(new NpgsqlParameter<string> { TypedValue = target });
        return await take.ExecuteScalarAsync(cancellation) is true;
    }

    internal static async Task<HalfSwapped?> FindAsync(NpgsqlConnection server, string target, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT f.datname::text, NOT t.datallowconn
            FROM pg_catalog.pg_database f JOIN pg_catalog.pg_database t ON t.datname = $1
            WHERE pg_catalog.starts_with(f.datname::text, $2) AND pg_catalog.shobj_description(f.oid, 'pg_database') = $3
            ORDER BY f.oid
            """,
            server);
        foreach (var value in new[] { target, LeftoverShadows.Prefix, Comment(target) })
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var (fresh, isShut) = (ImmutableArray.CreateBuilder<string>(), false);
        while (await reader.ReadAsync(cancellation))
        {
            fresh.Add(reader.GetString(0));
            isShut = reader.GetBoolean(1);
        }

        return fresh.Count == 0 ? null : new HalfSwapped(target, fresh.ToImmutable(), isShut);
    }

    private static string Comment(string target) => LeftoverShadows.Successor + target;
}

/// <param name="Fresh">What was to take its place.</param>
/// <param name="IsShut">Nobody can connect to it.</param>
public sealed record HalfSwapped(string Database, ImmutableArray<string> Fresh, bool IsShut)
{
    /// <summary>What undoes it.</summary>
    public ImmutableArray<string> Statements =>
    [
        .. IsShut ? [$"ALTER DATABASE {ServerConnection.Quote(Database)} WITH ALLOW_CONNECTIONS true"] : ImmutableArray<string>.Empty,
        .. Fresh.Select(f => $"DROP DATABASE {ServerConnection.Quote(f)}"),
    ];
}
