using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sluice.Postgres.Monitoring;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Monitoring;

/// <summary>The alert rules, run by Prometheus' own promtool over figures that go over their thresholds and come back.</summary>
public sealed class AlertRuleTests
{
    internal static readonly string Promtool = Path.Combine(Repository.Root, ".sluice/prometheus/promtool");

    private static readonly string Rules = Path.Combine(Repository.Root, "docs/operations/sluice-alerts.yml");

    private static readonly (string, string) Up = ($"{PrometheusText.Up}{{database=\"app\"}}", "1x200");
    private static readonly (string, string) Backup = ("sluice_backup_age_seconds{database=\"app\"}", "60x200");

    [Fact]
    public async Task Each_rule_fires_when_its_figure_has_been_over_for_two_minutes_and_not_before_and_not_after()
    {
        Assert.SkipUnless(File.Exists(Promtool), "promtool is not here: .ci/prometheus");
        var folder = Directory.CreateTempSubdirectory("sluice-alerts-");
        try
        {
            var test = new StringBuilder($"rule_files: ['{Rules}']\nevaluation_interval: 1m\ntests:\n");
            Group(test, [($"{PrometheusText.Up}{{database=\"app\"}}", "1x4 0x9 1x5"), Backup], (3, []), (6, []), (8, ["SluiceDown"]), (13, ["SluiceDown"]), (18, []));
            Group(test, [Backup], (1, []), (3, ["SluiceDown"]));
            // Sluice never backed it up; it tried to, and then it did; it had, and another database is in its place.
            Group(test, [Up], (1, []), (60, []));
            Group(test, [Up, ("sluice_backup_failures_in_a_row{database=\"app\"}", "0x15"), ("sluice_backup_age_seconds{database=\"app\"}", "_x4 60x11")], (1, []), (3, ["SluiceBackupMissing"]), (8, []));
            Group(test, [Up, ("sluice_backup_age_seconds{database=\"app\"}", "60x4 _x30")], (4, []), (15, ["SluiceBackupMissing"]));
            // A tenth, a third and four fifths of the blocks are not in memory; and then four fifths of few.
            Group(test, [Up, Backup, ("sluice_blocks_read_total{database=\"app\"}", "0+10000x30 300000+30000x40 1500000+80000x40 4700000+60x40"), ("sluice_blocks_hit_total{database=\"app\"}", "0+90000x30 2700000+60000x40 5100000+20000x40 5900000+15x40")],
                (25, []), (60, ["SluiceCacheMissesWarning"]), (105, ["SluiceCacheMissesCritical", "SluiceCacheMissesWarning"]), (145, []));
            foreach (var figure in FigureBook.All.Where(f => f is { Limit: not null, Query: null }))
            {
                var (warning, critical) = (figure.Limit!.Warning * figure.Unit.Factor, figure.Limit.Critical * figure.Unit.Factor);
                // At its threshold, over the first, over both, and back.
                var values = string.Create(CultureInfo.InvariantCulture, $"{warning:R}x4 {(warning + critical) / 2:R}x4 {(critical * 1.1) + 0.1:R}x4 {warning:R}x5");
                var (one, two) = (AlertRules.Name(figure, "Warning"), AlertRules.Name(figure, "Critical"));
                Group(test, [Up, .. figure.Name == "backupAge" ? [] : new[] { Backup }, ($"{figure.Metric}{{database=\"app\",table=\"public.t\"}}", values)], (4, []), (6, []), (8, [one]), (11, [one]), (13, [one, two]), (18, []));
            }

            await RunAsync(folder.FullName, test.ToString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    internal static async Task RunAsync(string folder, string test)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "test.yml"), test, TestContext.Current.CancellationToken);
        using var run = Process.Start(new ProcessStartInfo(Promtool, ["test", "rules", Path.Combine(folder, "test.yml")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, complained) = (run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, await said + await complained);
        Assert.Contains("SUCCESS", await said, StringComparison.Ordinal);
    }

    internal static void Group(StringBuilder test, (string Name, string Values)[] series, params (int Minute, string[] Firing)[] expected)
    {
        test.Append(CultureInfo.InvariantCulture, $"  - interval: 1m\n    input_series:\n{string.Concat(series.Select(s => $"      - series: '{s.Name.Replace("'", "''", StringComparison.Ordinal)}'\n        values: '{s.Values}'\n"))}    promql_expr_test:\n");
        foreach (var (minute, firing) in expected)
        {
            test.Append(CultureInfo.InvariantCulture, $"      - expr: 'group by (alertname) (ALERTS{{alertstate=\"firing\"}})'\n        eval_time: {minute}m\n        exp_samples:{(firing.Length == 0 ? " []" : "")}\n");
            foreach (var alert in firing.Order(StringComparer.Ordinal))
            {
                test.Append(CultureInfo.InvariantCulture, $"          - labels: '{{alertname=\"{alert}\"}}'\n            value: 1\n");
            }
        }
    }
}
