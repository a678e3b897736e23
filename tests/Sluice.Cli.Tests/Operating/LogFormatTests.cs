using System.Reflection;
using System.Text;
using System.Text.Json;
using Sluice.Cli.Logging;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Preflight;
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
        using var log = RunLog.Open(work.Folder, "id", Address, new Nobody(), Assert.Fail, TimeProvider.System);
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
    public void What_the_command_itself_logs_is_what_the_page_lists_and_nothing_else_is_listed()
    {
        using var work = new Workspace();
        string path;
        using (var log = RunLog.Open(work.Folder, "id", Address, new Nobody(), Assert.Fail, TimeProvider.System))
        {
            path = log.Path;
            log.Started("up", "migrations");
            log.Checked("pre-flight", new Check("disk", "1 GB", "2 GB", Verdict.Warning));
            log.BackupTaken("b.dump", new BackupManifest
            {
                Database = "d", Server = "h", TakenAt = DateTimeOffset.UnixEpoch, DurationMs = 1, ProofMs = 1, ServerVersion = "", ToolVersion = "", SchemaVersion = null,
                Format = ArchiveFormat.Custom, Whole = true, Traits = null!, CatalogHash = "", Tables = [], Sha256 = "", Bytes = 1,
            });
            log.Finished(Answer.Ok, TimeSpan.Zero);
            log.Failed(new Failure("no", null, Outcome.Failed, []), TimeSpan.Zero);
        }

        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs/log.md")).Where(l => l.StartsWith("| `", StringComparison.Ordinal)).ToList();
        var lines = File.ReadLines(path).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        string[] common = ["time", "level", "correlationId", "event"];
        Assert.All(lines, l => Assert.Equal(common, l.EnumerateObject().Take(4).Select(p => p.Name)));
        foreach (var line in lines)
        {
            var name = line.GetProperty("event").GetString()!;
            var row = Assert.Single(rows, r => r.StartsWith($"| `{name}` |", StringComparison.Ordinal)).Split('|');
            Assert.Equal(name == "check" ? "by its verdict" : line.GetProperty("level").GetString(), row[2].Trim());
            var fields = row[3].Contains('(') ? row[3][..row[3].IndexOf('(')] + row[3][(row[3].IndexOf(')') + 1)..] : row[3];
            Assert.Equal(line.EnumerateObject().Skip(4).Select(p => $"`{p.Name}`"), fields.Split(',', StringSplitOptions.TrimEntries));
        }

        var events = typeof(RunEvent).GetNestedTypes().Where(t => !t.IsAbstract).Select(t => { using var log = RunLog.Open(work.Folder, "id", Address, new Nobody(), Assert.Fail, TimeProvider.System); return RunEventLine.Of(log, Sample(t)).Name; });
        // How a blocker was ended is in the event's name.
        var known = events.Concat(lines.Select(l => l.GetProperty("event").GetString()!)).Append("blocker_cancelled").ToHashSet(StringComparer.Ordinal);
        Assert.All(rows, r => Assert.Contains(r.Split('`')[1], known));
    }

    [Fact]
    public void Twenty_runs_of_one_second_have_twenty_logs_in_a_folder_that_none_of_them_found()
    {
        using var work = new Workspace();
        var folder = Path.Combine(work.Folder, "logs");
        var now = new At(new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var logs = new RunLog[20];
        Parallel.For(0, logs.Length, new ParallelOptions { MaxDegreeOfParallelism = logs.Length }, i => logs[i] = RunLog.Open(folder, $"{i}", Address, new Nobody(), Assert.Fail, now));
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
