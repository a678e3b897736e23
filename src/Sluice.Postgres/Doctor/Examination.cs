using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Sluice.Postgres.History;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;

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
            var health = await ServerHealth.ReadAsync(session.Connection, settings.Address.Schema, cancellation);
            return new CheckReport(
            [
                new Check("connection", string.Create(CultureInfo.InvariantCulture, $"connected in {connected.TotalMilliseconds:0} ms"), "", Verdict.Ok),
                await ClockCheck.MeasureAsync(session.Connection, settings.Clock, request.Limits.Clock, cancellation),
                .. HistoryChecks.Of(folder, history, unmanaged),
                await DriftAsync(settings, request, unmanaged, cancellation),
                .. await JournalChecks.ReadAsync(session, folder, history, request.Heads, cancellation),
                .. await OnlineChecks.ReadAsync(session.Connection, settings.Clock.GetUtcNow(), cancellation),
                .. await BackupChecks.ReadAsync(session.Connection, settings, request, cancellation),
                .. PreflightRun.Whole(session.Connection, health.Facts, settings.Address, request.Limits.Checks),
                BlockingTree.Of(health.Waits, request.Limits.Blocked),
                .. Of(health, settings.Address.Database, request.Limits),
            ]);
        });

    /// <summary>What the server's facts say, as they were read.</summary>
    internal static IEnumerable<Check> Of(ServerHealth health, string database, HealthLimits limits) =>
        [.. AccessChecks.Of(health, database), .. SettingChecks.Of(health, database, limits), .. ServerChecks.Of(health, limits)];

    // Replaying the history takes a scratch database and its time, so it is done when it is asked for.
    private static async Task<Check> DriftAsync(RunSettings settings, ExaminationRequest request, bool unmanaged, CancellationToken cancellation)
    {
        const string Equal = "as the migrations say";
        if (!request.Drift)
        {
            return new Check("drift", "not looked for", Equal, Verdict.Unknown) { Advice = "sluice doctor --drift" };
        }

        return unmanaged ? new Check("drift", "there is no history to compare with", Equal, Verdict.Unknown) : (await Status.ReadAsync(settings, withDrift: true, cancellation)).Drift switch
        {
            null => new Check("drift", "edited, missing, failed or half done migrations leave nothing to compare with", Equal, Verdict.Unknown),
            { IsEmpty: true } => new Check("drift", "none", Equal, Verdict.Ok),
            { } found => new Check("drift", string.Create(CultureInfo.InvariantCulture, $"{found.Length} changes that no migration made"), Equal, Verdict.Warning) { Advice = "See them, and the ways out: sluice status --drift" },
        };
    }
}

/// <summary>What an examination is to look at beside the database.</summary>
public sealed record ExaminationRequest
{
    public required string BackupFolder { get; init; }

    /// <summary>From where on the last backup is too old.</summary>
    public TimeSpan BackupAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Where the reports of drills lie; null for nowhere.</summary>
    public string? DrillFolder { get; init; }

    /// <summary>The public half of the key that signs them.</summary>
    public string? DrillKey { get; init; }

    /// <summary>Ends of the journal that logs of earlier runs have.</summary>
    public ImmutableArray<JournalHead> Heads { get; init; } = [];

    /// <summary>Also replay the history in a scratch database, and compare (slow).</summary>
    public bool Drift { get; init; }

    public HealthLimits Limits { get; init; } = HealthLimits.Default;
}
