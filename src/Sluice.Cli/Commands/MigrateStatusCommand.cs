using System.CommandLine;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>`migrate status`: the folder and the database side by side.</summary>
internal static class MigrateStatusCommand
{
    public static readonly Option<bool> Drift = new("--drift")
    {
        Description = "Also replay the history in a scratch database and compare (slower)",
    };

    public static readonly Option<string?> Base = new("--base")
    {
        Description = "Compare with another branch instead: what collides when they are merged (needs git, and no database)",
        HelpName = "REF",
    };

    public static Command Create(Session session) =>
        new ToolCommand("status", "What is applied, pending, failed, edited or missing", session, RunAsync)
        {
            Notes = "Exit code 0 when everything is up to date, 1 when something needs attention. Changes nothing.",
            Examples =
            [
                ("migrate status", "is the database where the migrations are?"),
                ("migrate status --drift", "and has nobody changed it by hand?"),
                ("migrate status --base origin/main", "in CI for a pull request: do both branches' migrations fit together?"),
                ("migrate status --json", "for a machine"),
            ],
        }.With(Drift, Base, CacheOptions.NoCache);

    public static async Task<Answer> RunAsync(Session session)
    {
        if (session.Get(Base) is { } reference)
        {
            return await BranchStatus.RunAsync(session, reference);
        }

        var settings = CacheOptions.Apply(session, LiveRun.HistorySettings(session), develops: false);
        var report = await Status.ReadAsync(settings, session.Get(Drift), session.Stop);
        StatusText.Print(session, report);
        return Answer.With(report.UpToDate ? Outcome.Ok : Outcome.Attention, json =>
        {
            json.WriteString("layout", report.Layout is MigrationLayout.Versioned ? "versioned" : "folder");
            json.WriteStrings("applied", report.History.Applied);
            json.WriteStrings("pending", report.History.Pending);
            json.WriteStrings("failed", report.History.Failed.Select(f => f.MigrationName));
            json.WriteStrings("edited", report.History.Edited);
            json.WriteStrings("missing", report.History.Missing);
            json.WriteStrings("outOfOrder", report.History.OutOfOrder);
            json.WriteStartArray("halfDone");
            foreach (var half in report.HalfDone)
            {
                json.WriteStartObject();
                json.WriteString("migration", half.Migration);
                json.WriteString("direction", half.Undoing ? "down" : "up");
                json.WriteNumber("done", half.Done);
                json.WriteNumber("statements", half.Total);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("failures");
            foreach (var failure in report.Failures)
            {
                json.WriteStartObject();
                json.WriteString("migration", failure.Migration);
                json.WriteNumber("statement", failure.Ordinal);
                json.WriteNumber("statements", failure.Total);
                json.WriteString("why", failure.Why);
                json.WriteString("at", failure.At);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("online", report.Online?.Migration);
            json.WriteStrings("backfills", report.Backfills.Select(b => b.Name));
            json.WriteStrings("unrecorded", report.History.Unrecorded);
            json.WriteStrings("partlySquashed", report.History.PartlySquashed.Select(p => p.Squash));
            json.WriteStartArray("renamed");
            foreach (var (from, to) in report.History.Renamed)
            {
                json.WriteStartObject();
                json.WriteString("from", from);
                json.WriteString("to", to);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (report.Drift is { } drift)
            {
                ChangeJson.Write(json, "drift", drift);
            }
            else
            {
                json.WriteNull("drift");
            }

            json.WriteStartArray("irreversible");
            foreach (var (name, reason) in report.Irreversible)
            {
                json.WriteStartObject();
                json.WriteString("migration", name);
                json.WriteString("reason", reason);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteBoolean("upToDate", report.UpToDate);
        });
    }
}
