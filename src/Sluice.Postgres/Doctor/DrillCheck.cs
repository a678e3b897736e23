using System.Globalization;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Drill;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Doctor;

/// <summary>When a drill last restored a backup of this database on a server that had nothing, by reports whose signature is right.</summary>
internal static class DrillCheck
{
    private const string Name = "restore drill";
    private const string Wanted = "passed";

    public static async Task<Check> ReadAsync(RunSettings settings, ExaminationRequest request, string? system, CancellationToken cancellation)
    {
        var drills = new List<(string File, DateTimeOffset At, DrillResult Restore)>();
        var refused = new List<string>();
        foreach (var path in Directory.Exists(request.DrillFolder) ? Directory.GetFiles(request.DrillFolder, "drill_*.json") : [])
        {
            try
            {
                var report = await DrillSignature.VerifyAsync(path, request.DrillKey ?? "", cancellation);
                if (IsOf(report, settings, system) && report.Results.FirstOrDefault(r => r.Scenario is DrillScenario.Restore) is { } restore)
                {
                    drills.Add((Path.GetFileName(path), report.BeganAt, restore));
                }
            }
            catch (ProblemException unproved)
            {
                // Changed, or signed on another machine: it proves nothing here, which is said.
                refused.Add(unproved.Problem.Message);
            }
        }

        var unread = refused is [] ? "" : string.Create(CultureInfo.InvariantCulture, $"; {refused.Count} not counted: {refused[0]}");
        if (drills is [])
        {
            return new Check(Name, $"none of this database{unread}", Wanted, Verdict.Unknown) { Advice = "Prove the way back on a server that has nothing: sluice drill" };
        }

        var (file, at, last) = drills.MaxBy(d => d.At);
        var value = $"{Ages.Show(settings.Clock.GetUtcNow() - at)} ago by {file}, whose signature is right: {last.Summary}{(last.RtoMs is { } rto ? $", in {DrillReport.Time(rto)}" : "")}{unread}";
        return last.Verdict is DrillVerdict.Passed
            ? new Check(Name, value, Wanted, Verdict.Ok)
            : new Check(Name, value, Wanted, Verdict.Warning) { Advice = "Mend what it says, then: sluice drill" };
    }

    private static bool IsOf(DrillReport report, RunSettings settings, string? system) =>
        report.Database == settings.Address.Database
        && (system is null || report.System is null ? report.Server == settings.Address.Server : report.System == system);
}
