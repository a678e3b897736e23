using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sluice.Cli.Logging;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Postgres.Backfilling;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>`migrate backfill`: a value for every row of a large table, while others work.</summary>
internal static class MigrateBackfillCommand
{
    private static readonly Option<string?> Table = new("--table") { Description = "The table, as the database has it", HelpName = "NAME" };

    private static readonly Option<string?> Set = new("--set") { Description = "What to write: `column = expression`, more with commas between", HelpName = "SQL" };

    private static readonly Option<string?> Where = new("--where") { Description = "Only rows for which this is true", HelpName = "SQL" };

    private static readonly Option<string?> Name = new("--name") { Description = "What stands for it in the database (default: table and columns)", HelpName = "NAME" };

    private static readonly Option<int> Batch = new("--batch") { Description = "Rows of the first batch; it adapts after that", HelpName = "ROWS", DefaultValueFactory = _ => 1000 };

    private static readonly Option<TimeSpan?> MaxLag = RunOptions.Time("--max-lag", "How far a replica may be behind (default 10s)");

    private static readonly Option<TimeSpan?> Pause = RunOptions.Time("--pause", "To wait between batches (default none)");

    private static readonly Option<int> MaxWal = new("--max-wal") { Description = "WAL the server may write, in MB a second; 0 for any amount", HelpName = "MB", DefaultValueFactory = _ => 64 };

    private static readonly Option<bool> Status = new("--status") { Description = "Show every backfill and how far it is" };

    private static readonly Option<bool> Cancel = new("--cancel") { Description = "End the one of `--name` for good; what it has written stays" };

    public static Command Create(Session session) =>
        new ToolCommand("backfill", "Write a value into every row of a large table, in small batches beside everybody's work", session, RunAsync)
        {
            KeepsLog = true,
            ShowsFirst = true,
            Notes = """
                Goes through the table in the order of its key, some rows at a time, each batch in a transaction of its own that also
                moves the position, in schema sluice. Ctrl-C, kill -9 or a crash at any moment: the same command again goes on there,
                and no row is left out or done twice. A row that somebody holds is waited for, never passed over.

                A batch writes for about 5 ms. It waits while a replica is behind or too much WAL is written, and becomes smaller when
                somebody waits for it. Rows that have the value already are not written. At the end all rows are looked at again, until
                none lacks it. Exit code 1 when rows without it go on being written.
                """,
            Examples =
            [
                ("migrate backfill --table users --set \"email_lower = lower(email)\"", "begin, or go on"),
                ("migrate backfill --table orders --set \"cents = price * 100\" --where \"cents IS NULL\" --dry-run", "see what would be sent"),
                ("migrate backfill --status", "how far is it?"),
                ("migrate backfill --cancel --name users.email_lower", "give it up"),
            ],
        }.With(Table, Set, Where, Name, Batch, MaxLag, Pause, MaxWal, RunOptions.LockBudget, Status, Cancel);

    private static async Task<Answer> RunAsync(Session session)
    {
        if (session.Get(Status))
        {
            return await StatusAsync(session);
        }

        if (session.Get(Cancel))
        {
            return await CancelAsync(session);
        }

        var request = Request(session);
        var settings = LiveRun.Settings(session);
        settings = settings with { LockBudget = session.Get(RunOptions.LockBudget) ?? settings.LockBudget };
        if (session.Get(OperatingOptions.DryRun))
        {
            return await ForecastAsync(session, settings, request);
        }

        var result = await RunAsync(session, LoggedRun.Begin(session, settings), request);
        session.Terminal.Result(Ending(session.Terminal.Ink, result));
        return Answer.With(result.End is BackfillEnd.StillWritten or BackfillEnd.Cancelled ? Outcome.Attention : Outcome.Ok, json =>
        {
            json.WriteString("name", result.Name);
            json.WriteString("end", JsonNamingPolicy.CamelCase.ConvertName(result.End.ToString()));
            json.WriteNumber("changed", result.Changed);
            json.WriteNumber("passes", result.Passes);
        });
    }

    private static async Task<BackfillResult> RunAsync(Session session, RunSettings settings, BackfillRequest request)
    {
        try
        {
            return await Backfill.RunAsync(settings, request, session.Stop);
        }
        catch (OperationCanceledException) when (session.Stop.IsCancellationRequested)
        {
            session.Terminal.Say("Stopped between two batches; the same command goes on from there.");
            throw;
        }
    }

    private static BackfillRequest Request(Session session)
    {
        if (session.Get(Table) is not { Length: > 0 } table || session.Get(Set) is not { } set)
        {
            throw new StopException("Say what to write and where: --table and --set.", null, "`sluice migrate backfill --table users --set \"email_lower = lower(email)\"`", "Or see which there are: `sluice migrate backfill --status`");
        }

        if (session.Get(Batch) < 1 || session.Get(MaxWal) is < 0 or > 1_000_000)
        {
            throw new StopException("`--batch` must be at least 1 row, and `--max-wal` at least 0 MB.");
        }

        return new BackfillRequest(table, set)
        {
            Where = session.Get(Where),
            Name = session.Get(Name),
            Batch = session.Get(Batch),
            MaxLag = session.Get(MaxLag) ?? TimeSpan.FromSeconds(10),
            Pause = session.Get(Pause) ?? TimeSpan.Zero,
            MaxWal = (long)session.Get(MaxWal) << 20,
        };
    }

    private static string Ending(Ink ink, BackfillResult result)
    {
        var changed = $"{BackfillText.Number(result.Changed)} rows written";
        return result.End switch
        {
            BackfillEnd.Verified => ink.Green($"Done: {changed}. All rows were looked at again; none lacks it."),
            BackfillEnd.Done => ink.Green($"Done: {changed}, each once.") + " A row that was written cannot be told from one that was not, so it was not looked at again.",
            BackfillEnd.DoneBefore => $"`{result.Name}` was done before ({changed}); nothing was changed. To do it again, give it another `--name`.",
            BackfillEnd.StillWritten => ink.BoldYellow($"{changed}, but the last of {result.Passes} passes still found {BackfillText.Number(result.Found)}:") + " somebody goes on writing rows that lack it. Mend that, then run the same command again.",
            _ => ink.BoldYellow($"`{result.Name}` was cancelled by somebody else; {changed}, and stay."),
        };
    }

    private static async Task<Answer> ForecastAsync(Session session, RunSettings settings, BackfillRequest request)
    {
        var forecast = await Backfill.ForecastAsync(settings, request, session.Stop);
        session.Terminal.Result($"-- `{forecast.Name}`: {(forecast.Estimate > 0 ? $"about {BackfillText.Number(forecast.Estimate)} rows" : "rows not counted yet")}, in the order of {string.Join(", ", forecast.Key)}; each batch sends, from one key to another:");
        session.Terminal.Result(forecast.Statement);
        session.Terminal.Say("Dry run: nothing was changed.");
        return Answer.With(Outcome.Ok, json =>
        {
            json.WriteString("name", forecast.Name);
            json.WriteStrings("key", forecast.Key);
            json.WriteNumber("estimate", forecast.Estimate);
            json.WriteString("statement", forecast.Statement);
        });
    }

    private static async Task<Answer> StatusAsync(Session session)
    {
        var rows = await Backfill.ReadAsync(LiveRun.Settings(session), session.Stop);
        foreach (var row in rows)
        {
            var state = (row.State, row.Worker) switch
            {
                (BackfillRow.Running, { } worker) => string.Create(CultureInfo.InvariantCulture, $"under way in process {worker}"),
                (BackfillRow.Running, null) => "stopped; the same command goes on with it",
                _ => row.State,
            };
            session.Terminal.Result($"{row.Name}  {state}");
            session.Terminal.Result($"  {row.Table}: SET {row.Set}{(row.Where is null ? "" : $" WHERE {row.Where}")}");
            session.Terminal.Result($"  {(row.Pass > 1 ? string.Create(CultureInfo.InvariantCulture, $"pass {row.Pass}, ") : "")}{BackfillText.HowFar(row.Passed, row.Total)}, {BackfillText.Number(row.Changed)} written, last at {row.Written.ToString("u", CultureInfo.InvariantCulture)}");
        }

        session.Terminal.Result(rows.IsEmpty ? "No backfill has been run here." : "");
        return Answer.With(Outcome.Ok, json =>
        {
            json.WriteStartArray("backfills");
            foreach (var row in rows)
            {
                json.WriteStartObject();
                BackfillText.WriteRow(json, row);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private static async Task<Answer> CancelAsync(Session session)
    {
        if (session.Get(Name) is not { } name)
        {
            throw new StopException("Say which: --name.", null, "`sluice migrate backfill --status`");
        }

        var row = await Backfill.CancelAsync(LiveRun.Settings(session), name, session.Stop);
        session.Terminal.Result($"Backfill `{row.Name}` is cancelled; the {BackfillText.Number(row.Changed)} rows that it has written stay.");
        return Answer.With(Outcome.Ok, json => BackfillText.WriteRow(json, row));
    }
}
