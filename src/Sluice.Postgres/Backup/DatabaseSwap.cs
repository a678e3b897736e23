using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Backup;

/// <summary>Puts a new database in the place of an old one, in one transaction on the server.</summary>
internal sealed class DatabaseSwap(NpgsqlConnection server, RunSettings settings)
{
    public async Task RunAsync(string fresh, string target, string? keptAs, CancellationToken cancellation)
    {
        if (keptAs is null)
        {
            await ExecuteAsync($"ALTER DATABASE {ServerConnection.Quote(fresh)} RENAME TO {ServerConnection.Quote(target)}", cancellation);
            return;
        }

        if (!await HalfSwap.TakeAsync(server, target, cancellation))
        {
            throw new ProblemException(new Problem("SL5105", $"Another restore is putting `{target}` aside at this moment; nothing was changed.") { Remedies = ["Let it end."] });
        }

        var liken = await NewDatabase.LikenAsync(server, target, fresh, cancellation);
        try
        {
            // What a kill leaves from here on, the next one finds by this.
            await ExecuteAsync(HalfSwap.Mark(fresh, target), cancellation);

            // No migration may be under way; from then on nobody comes in, superusers included.
            await using (var old = await ServerConnection.OpenAsync(settings.Address with { Database = target }, cancellation))
            {
                await AdvisoryLock.TakeAsync(old, settings, cancellation);
                await ExecuteAsync($"ALTER DATABASE {ServerConnection.Quote(target)} WITH ALLOW_CONNECTIONS false", cancellation);
            }

            await EndSessionsAsync(target, cancellation);
            await ExecuteAsync(
                $"""
                BEGIN;
                {liken};
                ALTER DATABASE {ServerConnection.Quote(target)} RENAME TO {ServerConnection.Quote(keptAs)};
                ALTER DATABASE {ServerConnection.Quote(fresh)} RENAME TO {ServerConnection.Quote(target)};
                COMMIT
                """,
                cancellation);
        }
        catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException)
        {
            await LetInAgainAsync(target);
            if (failure is not PostgresException refused)
            {
                throw;
            }

            throw new ProblemException(
                new Problem("SL5105", $"The database `{target}` could not be put aside: {refused.SqlState} {refused.MessageText}. It is as it was; the new one is gone again.")
                {
                    Remedies = ["Renaming needs the database's owner with CREATEDB; ending others' sessions needs pg_signal_backend.", $"Or restore beside it: `sluice restore FILE --into NAME`"],
                },
                refused);
        }
    }

    private Task EndSessionsAsync(string target, CancellationToken cancellation) => ExecuteAsync(
        "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = $1 AND pid <> pg_catalog.pg_backend_pid()",
        cancellation,
        target);

    private async Task LetInAgainAsync(string target)
    {
        try
        {
            await ExecuteAsync($"ROLLBACK; ALTER DATABASE {ServerConnection.Quote(target)} WITH ALLOW_CONNECTIONS true", CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            await LetInAnewAsync(target);
        }
    }

    // The connection itself is gone; shut, the database would let nobody in, superusers neither.
    private async Task LetInAnewAsync(string target)
    {
        var open = $"ALTER DATABASE {ServerConnection.Quote(target)} WITH ALLOW_CONNECTIONS true";
        try
        {
            await using var other = await ServerConnection.OpenMaintenanceAsync(settings.Address, CancellationToken.None);
            await using var command = new NpgsqlCommand(open, other);
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception failure) when (failure is NpgsqlException or ProblemException)
        {
            throw new ProblemException(new Problem(ConnectionProblems.ShutCode, $"The connection was lost while `{target}` was put aside, and nobody can connect to it until it is opened again.")
            {
                Remedies = ["When the server answers again: `sluice doctor --fix`", $"Or as a superuser, in the database `postgres`: {open};"],
            });
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation, params string[] values)
    {
        await using var command = new NpgsqlCommand(sql, server);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellation);
    }
}
