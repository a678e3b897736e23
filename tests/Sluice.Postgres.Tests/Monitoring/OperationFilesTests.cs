using Sluice.Postgres.Maintaining;
using Sluice.Postgres.Monitoring;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Monitoring;

/// <summary>`docs/operations`, written from the table of figures; `SLUICE_ACCEPT=1` rewrites it.</summary>
public sealed class OperationFilesTests
{
    private const string Command = "/usr/local/bin/sluice maintain --max-time 2h";
    private const string Folder = "/srv/app";
    private static readonly TimeOnly Night = new(3, 30);

    public static TheoryData<string, string> Files() => new()
    {
        { "sluice-alerts.yml", AlertRules.Write(Thresholds.Default) },
        { "sluice-dashboard.json", Dashboard.Write(Thresholds.Default) },
        { "sluice-maintain.cron", Schedule.Cron(Night, Command, Folder) },
        { "sluice-maintain.service", Schedule.Service(Command, Folder) },
        { "sluice-maintain.timer", Schedule.Timer(Night) },
    };

    [Theory, MemberData(nameof(Files), DisableDiscoveryEnumeration = true)]
    public void The_files_for_operators_say_what_the_table_of_figures_says(string name, string text)
    {
        var path = Path.Combine(Repository.Root, "docs", "operations", name);
        if (Environment.GetEnvironmentVariable("SLUICE_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.Equal(text, File.ReadAllText(path));
    }

    [Fact]
    public void Nobody_else_writes_there() => Assert.All(
        Directory.GetFiles(Path.Combine(Repository.Root, "docs", "operations"), "sluice-*"), f => Assert.Contains(Path.GetFileName(f), Files().Select(row => row.Data.Item1)));

    [Fact]
    public void Every_figure_has_a_name_and_a_metric_of_its_own_and_a_limit_that_is_in_order()
    {
        Assert.Equal(FigureBook.All.Length, FigureBook.All.DistinctBy(f => f.Name).Count());
        Assert.Equal(FigureBook.All.Length, FigureBook.All.DistinctBy(f => f.Metric).Count());
        Assert.All(FigureBook.All, f => Assert.Matches("^sluice_[a-z_]+$", f.Metric));
        Assert.All(FigureBook.All, f => Assert.Equal(f.IsCounter, f.Metric.EndsWith("_total", StringComparison.Ordinal)));
        Assert.All(FigureBook.All.Where(f => f.Limit is not null), f => Assert.True(f.IsJudged && f.Limit!.Warning < f.Limit.Critical));
        Assert.All(FigureBook.All.Where(f => f.IsJudged), f => Assert.True(f.Label is not null && f.Advice.Length > 0));
    }
}
