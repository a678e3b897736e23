using System.Globalization;
using Npgsql;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Doctor;

/// <summary>How old the last backup of this server's database is, and when one was last restored and compared: where it was taken, and in a drill.</summary>
internal static class BackupChecks
{
    public static async Task<IEnumerable<Check>> ReadAsync(NpgsqlConnection connection, RunSettings settings, ExaminationRequest request, CancellationToken cancellation)
    {
        var system = await SystemAsync(connection, cancellation);
        return [.. await LeftAsync(connection, settings.Address.Database, cancellation), .. Backups(settings, request, system), await DrillCheck.ReadAsync(settings, request, system, cancellation)];
    }

    /// <summary>The finding where a restore was killed while it put the database aside, which may let nobody in since.</summary>
    public static Check Of(HalfSwapped left) => new(
        "killed restore",
        $"{(left.IsShut ? $"{left.Database} lets nobody in, and nothing of it is lost" : $"{left.Database} is as it was")}; what was to take its place is {string.Join(", ", left.Fresh)}",
        "none",
        left.IsShut ? Verdict.Critical : Verdict.Warning)
    {
        Advice = "Undo it, then restore again: sluice doctor --fix",
    };

    private static async Task<IEnumerable<Check>> LeftAsync(NpgsqlConnection connection, string database, CancellationToken cancellation) =>
        await HalfSwap.FindAsync(connection, database, cancellation) is { } left ? [Of(left)] : [];

    private static IEnumerable<Check> Backups(RunSettings settings, ExaminationRequest request, string? system)
    {
        var threshold = string.Create(CultureInfo.InvariantCulture, $"{request.BackupAge.TotalDays:0.#} days");
        var (folder, database) = (request.BackupFolder, settings.Address.Database);
        if (!Directory.Exists(folder) || Retention.Of(folder, database, system, settings.Address.Server).FirstOrDefault(b => b.Manifest.Whole).Manifest is not { } newest)
        {
            // They may lie elsewhere, or be another tool's.
            var others = Directory.Exists(folder) ? Retention.Of(folder, database, system, settings.Address.Server).Count() is > 0 and var parts ? $" but {parts} of some tables" : OfOthers(folder, database) : "";
            yield return new Check("backup", $"none of this database in {folder}{others}", threshold, Verdict.Unknown) { Advice = "Take a proved one: sluice backup" };
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

    private static string OfOthers(string folder, string database) =>
        Retention.Of(folder, database).Select(b => b.Manifest.Server).Distinct().ToList() is { Count: > 0 } servers
            ? $": those that are there are of other servers ({string.Join(", ", servers)})"
            : "";

    // Whoever runs the server may have taken the right away from others; the address is left then.
    private static async Task<string?> SystemAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var may = new NpgsqlCommand("SELECT pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')", connection);
        return await may.ExecuteScalarAsync(cancellation) is true ? await NewDatabase.SystemAsync(connection, cancellation) : null;
    }
}
