using System.Reflection;
using System.Text;
using System.Text.Json;
using Sluice.Cli.Logging;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Tests.Operating;

public sealed class LogFormatTests
{
    private static readonly DatabaseAddress Address = DatabaseAddress.Parse("postgresql://u:longpassword@h/d");

    public static TheoryData<string> Events() => [.. typeof(RunEvent).GetNestedTypes().Where(t => !t.IsAbstract).Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Events))]
    public void Every_event_has_a_line_of_its_own_which_the_page_lists(string name)
    {
        using var work = new Workspace();
        using var log = RunLog.Open(work.Folder, "id", Address, new Nobody(), TimeProvider.System);
        var (key, level, fields) = RunEventLine.Of(log, Sample(typeof(RunEvent).GetNestedType(name)!));
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        var members = JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).RootElement.EnumerateObject().Select(p => $"`{p.Name}`");
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/log.md"));
        var row = key is "connecting" ? "| `connecting` |" : $"| `{key}` | {level} | {string.Join(", ", members)} |";
        Assert.True(page.Contains(row, StringComparison.Ordinal), $"docs/log.md lacks: {row}");
    }

    [Fact]
    public void Twenty_runs_of_one_second_have_twenty_logs_in_a_folder_that_none_of_them_found()
    {
        using var work = new Workspace();
        var folder = Path.Combine(work.Folder, "logs");
        var now = new At(new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var logs = new RunLog[20];
        Parallel.For(0, logs.Length, new ParallelOptions { MaxDegreeOfParallelism = logs.Length }, i => logs[i] = RunLog.Open(folder, $"{i}", Address, new Nobody(), now));
        Assert.All(logs, l => l.Failed(new Failure("no", null, Outcome.Failed, []), TimeSpan.Zero));
        Assert.All(logs, l => l.Dispose());
        Assert.Equal(20, logs.Select(l => l.Path).Distinct().Count());
        Assert.Equal(20, Directory.GetFiles(folder, "migration_2025*.log").Length);
        Assert.Equal(20, Directory.GetFiles(folder, "migration_errors_*.log").Length);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_told_and_one_that_was_named_is_required()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_a", "CREATE TABLE a ();");
        work.Write("logs", "a file, and no folder");
        (await work.RunAsync("up", "--log-dir", "logs")).Ends(1).Warns("logs");
        Assert.False(await work.HasTableAsync("a"));
        (await work.RunAsync("up")).Ends(0).Warns("No log is written", "--log-dir DIR");
    }

    private static RunEvent Sample(Type type)
    {
        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.Instance).Single();
        return (RunEvent)constructor.Invoke([.. constructor.GetParameters().Select(object (p) => p.ParameterType switch
        {
            var t when t == typeof(string) => "x",
            var t when t == typeof(int) => 1,
            var t when t == typeof(bool) => true,
            var t when t == typeof(long) => 1L,
            var t when t == typeof(OnBlock) => OnBlock.Terminate,
            var t when t == typeof(TimeSpan) => TimeSpan.FromSeconds(1),
            var t when t == typeof(JournalHead) => new JournalHead(1, "h", 2),
            var t => throw new InvalidOperationException($"a sample of {t.Name} is needed here"),
        })]);
    }

    private sealed class Nobody : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
        }
    }

    private sealed class At(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
