using Sluice.Postgres.Monitoring;
using Sluice.Postgres.Preflight;
using Xunit;

namespace Sluice.Postgres.Tests.Monitoring;

/// <summary>What a real database was like, as Prometheus would have scraped it: five times a minute apart each time that it was read.</summary>
internal sealed class Recording
{
    private const int Minutes = 5;

    private readonly List<(Dictionary<string, string> Lines, string[] Alerts)> readings = [];

    public void Add(Figures figures, Thresholds thresholds)
    {
        var lines = PrometheusText.Write(figures, "app").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => !l.StartsWith('#'))
            .ToDictionary(l => l[..l.LastIndexOf(' ')], l => l[(l.LastIndexOf(' ') + 1)..], StringComparer.Ordinal);
        // What is a rate to Prometheus is asked of readings that go on; these stand still.
        var alerts = Look.At(figures, thresholds).Judged.Where(j => j.Figure is { Query: null, IsJudged: true })
            .SelectMany(j => j.Check.Verdict switch
            {
                Verdict.Critical => new[] { AlertRules.Name(j.Figure, "Warning"), AlertRules.Name(j.Figure, "Critical") },
                Verdict.Warning => [AlertRules.Name(j.Figure, "Warning")],
                _ => [],
            });
        readings.Add((lines, [.. alerts.Distinct(StringComparer.Ordinal)]));
    }

    /// <summary>Prometheus itself, with the rules of these thresholds, fires at each reading what `monitor` says of it, and nothing else.</summary>
    /// <param name="warnings">How many at each, lest both be silent.</param>
    public async Task AlertsAgreeAsync(Thresholds thresholds, int[] warnings)
    {
        Assert.Equal(warnings, readings.Select(r => r.Alerts.Count(a => a.EndsWith("Warning", StringComparison.Ordinal))));
        if (!File.Exists(AlertRuleTests.Promtool))
        {
            return;
        }

        var folder = Directory.CreateTempSubdirectory("sluice-recording-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "rules.yml"), AlertRules.Write(thresholds), TestContext.Current.CancellationToken);
            var test = new System.Text.StringBuilder("rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n");
            var series = readings.SelectMany(r => r.Lines.Keys).Distinct(StringComparer.Ordinal).Select(name => (name, string.Join(' ', readings.Select(r => Values(r.Lines, name)))));
            AlertRuleTests.Group(test, [.. series], [.. readings.Select((r, i) => ((i * Minutes) + Minutes - 1, r.Alerts))]);
            await AlertRuleTests.RunAsync(folder.FullName, test.ToString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // A line that is not in a scrape is stale from then on.
    private static string Values(Dictionary<string, string> lines, string name) =>
        lines.TryGetValue(name, out var value) ? $"{value}x{Minutes - 1}" : $"stale _x{Minutes - 1}";
}
