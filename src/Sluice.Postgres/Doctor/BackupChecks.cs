using System.Globalization;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Doctor;

/// <summary>How old the last backup is, whether it is still there, and when one was last restored and compared.</summary>
internal static class BackupChecks
{
    public static IEnumerable<Check> Of(RunSettings settings, ExaminationRequest request)
    {
        var threshold = string.Create(CultureInfo.InvariantCulture, $"{request.BackupAge.TotalDays:0.#} days");
        if (BackupManifest.NewestOf(request.BackupFolder, settings.Address.Database) is not { } newest)
        {
            // They may lie elsewhere, or be another tool's.
            yield return new Check("backup", $"none of this database in {request.BackupFolder}", threshold, Verdict.Unknown) { Advice = "Take a proved one: sluice backup" };
            yield break;
        }

        var now = settings.Clock.GetUtcNow();
        var age = now - newest.TakenAt;
        var value = string.Create(CultureInfo.InvariantCulture, $"last one {Ages.Show(age)} old, of {newest.TakenAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {Ages.Bytes(newest.Bytes)}");
        yield return age <= request.BackupAge
            ? new Check("backup", value, threshold, Verdict.Ok)
            : new Check("backup", value, threshold, Verdict.Warning) { Advice = "Take another: sluice backup" };

        // A backup has its manifest only once it was restored into a scratch database and compared, row by row.
        var proved = newest.TakenAt + TimeSpan.FromMilliseconds(newest.DurationMs);
        yield return new Check(
            "proved restore",
            string.Create(CultureInfo.InvariantCulture, $"{Ages.Show(now - proved)} ago: {newest.Tables.Length} tables, {newest.Tables.Sum(t => t.Rows):#,0} rows restored and compared in {Ages.Show(TimeSpan.FromMilliseconds(newest.ProofMs))}"),
            threshold,
            now - proved <= request.BackupAge ? Verdict.Ok : Verdict.Warning);
    }
}
