using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.History;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Doctor;

/// <summary>The journal against itself, against the logs, and against the history.</summary>
internal static class JournalChecks
{
    private const int Guards = 4;

    public static async Task<ImmutableArray<Check>> ReadAsync(
        RunSession session,
        MigrationFolder folder,
        HistoryState history,
        ImmutableArray<JournalHead> heads,
        CancellationToken cancellation)
    {
        var readable = await JournalSchema.IsReadableAsync(session.Connection, cancellation);
        if (readable is false)
        {
            return [new Check("journal", "this user may not read schema sluice", "intact", Verdict.Unknown) { Advice = "GRANT USAGE ON SCHEMA sluice TO …; GRANT SELECT ON ALL TABLES IN SCHEMA sluice TO …;" }];
        }

        var report = await JournalAudit.ReadAsync(session.Connection, heads, cancellation);
        return report is null
            ? [Missing(heads)]
            :
            [
                .. Intact(report),
                Unfinished(report, session.Settings.Clock.GetUtcNow()),
                Guarded(await JournalSchema.GuardsAsync(session.Connection, cancellation)),
                Complete(history, await MigrationsAsync(session, folder, cancellation)),
            ];
    }

    private static Check Missing(ImmutableArray<JournalHead> heads) => heads.IsEmpty
        ? new Check("journal", "none yet", "intact", Verdict.Ok)
        // A database made anew under the same name has none either.
        : new Check("journal", $"there is none, and logs tell of {heads.Length} runs", "intact", Verdict.Unknown);

    // One check a finding, so that each is named.
    private static IEnumerable<Check> Intact(JournalReport report)
    {
        var held = string.Create(CultureInfo.InvariantCulture, $"{report.Runs} runs, {report.Statements} rows");
        return report.Findings.IsEmpty
            ? [new Check("journal", report.Head is { } head ? $"{held}; its end is run {head.Run}, {head.Hash[..16]}" : held, "intact", Verdict.Ok)]
            : report.Findings.Select(f => new Check("journal", f.Text, "intact", Verdict.Critical)
            {
                Advice = "Somebody wrote to schema sluice. Look at the server's log and a backup from before; the migrations themselves are not harmed by it.",
            });
    }

    private static Check Unfinished(JournalReport report, DateTimeOffset now) => report.Unfinished.IsEmpty
        ? new Check("unfinished runs", "none", "none", Verdict.Ok)
        : new Check(
            "unfinished runs",
            PreflightRun.List(report.Unfinished.Reverse().Select(r => string.Create(CultureInfo.InvariantCulture, $"run {r.Run}, {r.Command} on {r.Host}, {Ages.Show(now - r.Started)} ago")), report.Unfinished.Length),
            "none",
            Verdict.Unknown)
        {
            Advice = "At work now, or killed. What a killed one left open is under failed migrations, and the next `sluice migrate deploy` or `sluice up` goes on with it.",
        };

    private static Check Guarded(long guards) => guards == Guards
        ? new Check("append-only", "rows of the journal are refused changes", "on", Verdict.Ok)
        : new Check("append-only", string.Create(CultureInfo.InvariantCulture, $"{Guards - guards} of {Guards} guards of the journal are off or gone"), "on", Verdict.Warning)
        {
            Advice = "ALTER TABLE sluice.runs ENABLE TRIGGER ALL; ALTER TABLE sluice.statements ENABLE TRIGGER ALL;",
        };

    // Prisma applies without a journal, and so does --no-journal; but a journal whose end was cut off looks the same.
    private static Check Complete(HistoryState history, HashSet<string> journalled)
    {
        var without = history.Applied.Where(n => !journalled.Contains(n)).ToList();
        return without.Count == 0
            ? new Check("journal complete", "it has every applied migration", "", Verdict.Ok)
            : new Check("journal complete", "not in it: " + PreflightRun.List(without, without.Count), "", Verdict.Unknown)
            {
                Advice = "Applied by another tool or with --no-journal; otherwise rows of the journal are gone.",
            };
    }

    private static async Task<HashSet<string>> MigrationsAsync(RunSession session, MigrationFolder folder, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT DISTINCT migration FROM sluice.statements WHERE history = $1", session.Connection);
        command.Parameters.Add(new NpgsqlParameter { Value = session.HistoryOf(folder).Table });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
