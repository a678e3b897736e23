using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Doctor;

/// <summary>Folder and history side by side, a check for each way in which they can disagree.</summary>
internal static class HistoryChecks
{
    public static IEnumerable<Check> Of(MigrationFolder folder, HistoryState history, bool unmanaged)
    {
        if (unmanaged)
        {
            yield return new Check("history", "the schema holds tables, and there is no history of migrations", "one", Verdict.Warning)
            {
                Advice = "Take the database over: sluice migrate status",
            };
            yield break;
        }

        yield return new Check("history", $"{history.Applied.Length} applied, {history.Pending.Length} pending", "", Verdict.Ok);
        yield return Names("pending migrations", history.Pending, Verdict.Warning, "See what they do: sluice up --dry-run; then apply them: sluice up");
        yield return Names("failed migrations", history.Failed.Select(r => r.MigrationName), Verdict.Critical, "See the ways out: sluice migrate status");
        yield return Names("edited migrations", history.Edited, Verdict.Warning, "Bring back the files as they were applied, from version control; write what you want to change as a new migration.");
        yield return Names("missing migrations", history.Missing.Except(history.Renamed.Select(r => r.From)), Verdict.Warning, "Bring back the files from version control.");
        yield return Names("renamed migrations", history.Renamed.Select(r => $"{r.From} → {r.To}"), Verdict.Warning, "Give the files the names under which they were applied.");
        yield return Names("out of order", history.OutOfOrder, Verdict.Warning, "They are pending although later ones are applied: elsewhere they run in another order. Rename them to come last, or apply them.");
        yield return Names("without script", folder.WithoutScript, Verdict.Warning, "Write migration.sql into the folder, or delete the folder.");
    }

    private static Check Names(string name, IEnumerable<string> found, Verdict verdict, string advice)
    {
        var names = found.Distinct(StringComparer.Ordinal).ToList();
        return names.Count == 0
            ? new Check(name, "none", "none", Verdict.Ok)
            : new Check(name, PreflightRun.List(names, names.Count), "none", verdict) { Advice = advice, Evidence = [.. names] };
    }
}
