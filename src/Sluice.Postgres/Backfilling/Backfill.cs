using System.Collections.Immutable;
using System.Diagnostics;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Backfilling;

/// <summary>`migrate backfill`: writes a value into every row of a table beside everybody else's work, each row once.</summary>
public static class Backfill
{
    // A run that was killed is gone from the server as soon as that has noticed.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <exception cref="ProblemException">SL5080 to SL5086: it cannot begin. SL5088: another of that name, or somebody else at it.</exception>
    public static Task<BackfillResult> RunAsync(RunSettings settings, BackfillRequest request, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var books = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            await using var work = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            var definition = await BackfillDefinition.ReadAsync(work, request, settings.Address, cancellation);
            return await RecordedRun.RunAsync(books, settings, RunRecordedAsync, cancellation);

            async Task<BackfillResult> RunRecordedAsync(RecordedRun run)
            {
                await BackfillTable.EnsureAsync(books, settings.Address, cancellation);
                var row = await BackfillTable.BeginAsync(books, definition, request, settings.Identity.CorrelationId, cancellation);
                Require(row, definition);
                if (row.State == BackfillRow.Done)
                {
                    return new BackfillResult(row.Name, BackfillEnd.DoneBefore, row.Changed, row.Pass, row.Found);
                }

                await TakeAsync(work, row, cancellation);
                var result = await GoOnAsync(new BackfillRun(work, books, definition.Sql, request, settings), row, settings, cancellation);
                await run.NoteAsync($"backfill {result.Name}: {result.End}, {result.Changed} rows written", definition.Sql.Change, 1);
                return result;
            }
        });

    /// <summary>What a run would send, with the key it goes by; nothing is changed.</summary>
    public static Task<BackfillForecast> ForecastAsync(RunSettings settings, BackfillRequest request, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            var definition = await BackfillDefinition.ReadAsync(connection, request, settings.Address, cancellation);
            return new BackfillForecast(definition.Name, [.. definition.Target.Key.Select(k => k.Name)], definition.Target.Estimate, definition.Sql.Change);
        });

    /// <summary>Every backfill that the database remembers, the newest first.</summary>
    public static Task<ImmutableArray<BackfillRow>> ReadAsync(RunSettings settings, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            return await BackfillTable.ExistsAsync(connection, cancellation) ? await BackfillTable.ReadAllAsync(connection, cancellation) : [];
        });

    /// <summary>Ends one for good; what it has written stays.</summary>
    /// <exception cref="ProblemException">SL5089: none of that name is under way.</exception>
    public static Task<BackfillRow> CancelAsync(RunSettings settings, string name, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            var exists = await BackfillTable.ExistsAsync(connection, cancellation);
            return exists && await BackfillTable.CancelAsync(connection, name, cancellation) is { } id
                ? await BackfillTable.ReadAsync(connection, id, cancellation)
                : throw new ProblemException(new Problem("SL5089", $"No backfill `{name}` is under way.") { Remedies = ["See which are: sluice migrate backfill --status"] });
        });

    private static void Require(BackfillRow row, BackfillDefinition definition)
    {
        if (row.Hash == definition.Hash)
        {
            return;
        }

        var where = row.Where is null ? "" : $" WHERE {row.Where}";
        throw new ProblemException(new Problem(
            "SL5088",
            $"Backfill `{row.Name}` {(row.State == BackfillRow.Done ? "was" : "was begun as")} another one, so this cannot be {(row.State == BackfillRow.Done ? "run" : "continued")} under its name:\n  {row.Table}: SET {row.Set}{where}")
        {
            Remedies = row.State == BackfillRow.Done
                ? ["Give this one a name of its own: `--name …`"]
                : ["Go on with that one: the same command with what is shown above.", $"Or end it where it is: `sluice migrate backfill --cancel --name {ShellWord.Quote(row.Name)}`, then begin this one.", "Or give this one a name of its own: `--name …`"],
        });
    }

    private static async Task<BackfillResult> GoOnAsync(BackfillRun run, BackfillRow row, RunSettings settings, CancellationToken cancellation)
    {
        try
        {
            return await run.RunAsync(row.Id, cancellation);
        }
        catch (NpgsqlException gone) when (gone is not PostgresException { SqlState: not (PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown) })
        {
            throw new ProblemException(ConnectionProblems.DuringRun(gone, settings.Address) with { Remedies = ["What was done stays done. Run the same command again; it goes on where it stopped."] }, gone);
        }
    }

    private static async Task TakeAsync(NpgsqlConnection work, BackfillRow row, CancellationToken cancellation)
    {
        for (var started = Stopwatch.GetTimestamp(); !await BackfillTable.TryTakeAsync(work, row.Id, cancellation); await Task.Delay(100, cancellation))
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                var worker = (await BackfillTable.ReadAsync(work, row.Id, cancellation)).Worker;
                throw new ProblemException(new Problem("SL5090", $"Somebody is at the backfill `{row.Name}` already: server process {worker}.")
                {
                    Remedies = ["See how far it is: sluice migrate backfill --status", $"Or end it: SELECT pg_terminate_backend({worker}); what it has done stays done."],
                });
            }
        }
    }
}

/// <param name="Key">The columns in whose order the rows are gone through.</param>
/// <param name="Estimate">Rows of the table; 0 when the server does not know.</param>
/// <param name="Statement">What each batch sends, between two keys.</param>
public sealed record BackfillForecast(string Name, ImmutableArray<string> Key, long Estimate, string Statement);
