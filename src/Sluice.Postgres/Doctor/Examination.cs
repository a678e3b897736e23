using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Backup;
using Sluice.Postgres.History;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Doctor;

/// <summary>`doctor`: is everything about this database as it should be? Looks, and changes nothing.</summary>
public static class Examination
{
    /// <exception cref="Connecting.ProblemException">The server cannot be reached, or the migrations cannot be read.</exception>
    public static Task<CheckReport> RunAsync(RunSettings settings, ExaminationRequest request, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = MigrationFolder.Read(settings.MigrationsPath);
            var started = Stopwatch.GetTimestamp();
            await using var session = await RunSession.OpenAsync(settings, cancellation);
            var connected = Stopwatch.GetElapsedTime(started);
            var history = await session.ReadHistoryAsync(folder, cancellation);
            var unmanaged = !history.TableExists && !(await HistoryTable.OtherTablesAsync(session.Connection, session.AllSchemas, cancellation)).IsEmpty;
            var facts = await ServerFacts.ReadAsync(session.Connection, settings.Address.Schema, cancellation);
            return new CheckReport(
            [
                new Check("connection", string.Create(CultureInfo.InvariantCulture, $"connected in {connected.TotalMilliseconds:0} ms"), "", Verdict.Ok),
                .. HistoryChecks.Of(folder, history, unmanaged),
                .. await JournalChecks.ReadAsync(session, folder, history, request.Heads, cancellation),
                LastBackup(settings, request),
                .. PreflightRun.Lasting(session.Connection, facts, settings.Address, CheckLimits.Default),
            ]);
        });

    private static Check LastBackup(RunSettings settings, ExaminationRequest request)
    {
        var threshold = string.Create(CultureInfo.InvariantCulture, $"{request.BackupAge.TotalDays:0.#} days");
        if (BackupManifest.NewestOf(request.BackupFolder, settings.Address.Database) is not { } newest)
        {
            // They may lie elsewhere, or be another tool's.
            return new Check("backup", $"none of this database in {request.BackupFolder}", threshold, Verdict.Unknown) { Advice = "Take a proved one: sluice backup" };
        }

        var age = settings.Clock.GetUtcNow() - newest.TakenAt;
        var value = string.Create(CultureInfo.InvariantCulture, $"last proved one {Ages.Show(age)} old, of {newest.TakenAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        return age <= request.BackupAge
            ? new Check("backup", value, threshold, Verdict.Ok)
            : new Check("backup", value, threshold, Verdict.Warning) { Advice = "Take another: sluice backup" };
    }
}

/// <summary>What an examination is to look at beside the database.</summary>
public sealed record ExaminationRequest
{
    public required string BackupFolder { get; init; }

    /// <summary>From where on the last backup is too old.</summary>
    public TimeSpan BackupAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Ends of the journal that logs of earlier runs have.</summary>
    public ImmutableArray<JournalHead> Heads { get; init; } = [];
}
