using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Drill;

namespace Sluice.Cli.Commands;

/// <summary>`drill`: disasters on scratch servers, measured against objectives, in a signed report.</summary>
internal static class DrillCommand
{
    private static readonly Option<string[]> Scenario = new("--scenario") { Description = $"One of: {string.Join(", ", DrillNames.All)}; more than once for more (default: all)", HelpName = "NAME" };

    private static readonly Option<string?> Rto = new("--rto") { Description = "How long it may take until the database can be used again (default: 15m)", HelpName = "TIME" };

    private static readonly Option<string?> Rpo = new("--rpo") { Description = "From how long before a disaster work may be lost (default: 5m)", HelpName = "TIME" };

    private static readonly Option<string?> Report = new("--report") { Description = "Where the report goes (default: drills/ in the folder of the backups)", HelpName = "DIR" };

    private static readonly Option<string?> SignKey = new("--sign-key") { Description = "The private key that signs it, made where it is missing (default: .sluice/drill-key.pem)", HelpName = "FILE" };

    private static readonly Option<string?> Scratch = new("--scratch") { Description = "Where the scratch servers go; they need three times the space of the database (default: below .sluice)", HelpName = "DIR" };

    public static Command Create(Session session)
    {
        var command = Own(session);
        command.Subcommands.Add(DrillVerifyCommand.Create(session));
        return command;
    }

    /// <summary>Where the key that signs reports is.</summary>
    public static string KeyFile(Session session) => Path.Combine(LocalServer.StateFolder(session), "drill-key.pem");

    /// <summary>Where reports go by themselves.</summary>
    public static string FolderOf(Session session) => Path.Combine(BackupOptions.FolderOf(session), "drills");

    private static Command Own(Session session) =>
        new ToolCommand("drill", "Play disasters from the newest backup, and measure how long the way back takes and what is lost", session, RunAsync)
        {
            Notes = """
                On scratch servers that it makes on this machine and removes; the live server is only asked how far its WAL is. Exit code 1 when
                something could not be brought back, a corruption was not found, or an objective is missed. The report is JSON, signed, and text.
                """,
            Examples =
            [
                ("drill", "every month, from cron"),
                ("drill --scenario restore --scenario corrupted-backup", "the backup alone"),
                ("drill --rto 1h --rpo 6h", "with objectives of one's own"),
                ("drill verify backups/drills/drill_20261121T020000Z.json", "was this report changed?"),
            ],
        }.With(Scenario, Rto, Rpo, Report, SignKey, Scratch, BackupOptions.OpeningKeyFile, BackupOptions.Jobs, BackupOptions.Folder);

    private static async Task<Answer> RunAsync(Session session)
    {
        var state = LocalServer.StateFolder(session);
        var talk = new DrillTalk(session);
        var request = new DrillRequest
        {
            Folder = BackupOptions.FolderOf(session),
            Scratch = Path.Combine(session.Get(Scratch) is { } scratch ? Path.GetFullPath(scratch, session.Project.Folder) : state, $"drill-{session.CorrelationId}"),
            StateFolder = state,
            Key = BackupOptions.Key(session),
            Jobs = BackupOptions.JobCount(session),
            Objectives = new DrillObjectives(Time(Rto, session.Get(Rto)) ?? DrillObjectives.Default.Rto, Time(Rpo, session.Get(Rpo)) ?? DrillObjectives.Default.Rpo),
            Scenarios = Scenarios(session),
            Progress = talk,
        };
        var settings = LiveRun.Settings(session);
        DrillReport report;
        try
        {
            report = await DrillRun.RunAsync(settings, request, VersionText.Number, session.Stop);
        }
        finally
        {
            talk.End();
        }

        var folder = session.Get(Report) is { } named ? Path.GetFullPath(named, session.Project.Folder) : FolderOf(session);
        var key = session.Get(SignKey) is { } file ? Path.GetFullPath(file, session.Project.Folder) : KeyFile(session);
        var path = await DrillSignature.WriteAsync(report, folder, key, session.Stop);
        Print(session, report);
        session.Terminal.Result($"Signed report: {Paths.Show(path)}");
        return Answer.With(report.Passed ? Outcome.Ok : Outcome.Attention, json =>
        {
            json.WriteString("report", path);
            Write(json, report);
        });
    }

    public static void Print(Session session, DrillReport report)
    {
        var ink = session.Terminal.Ink;
        foreach (var line in report.ToText().TrimEnd('\n').Split('\n'))
        {
            session.Terminal.Result(line.StartsWith("FAILED", StringComparison.Ordinal) ? ink.Red(line) : line.StartsWith("PASSED", StringComparison.Ordinal) ? ink.Green(line) : line);
        }

        session.Terminal.Result();
    }

    public static void Write(Utf8JsonWriter json, DrillReport report)
    {
        json.WriteBoolean("passed", report.Passed);
        json.WritePropertyName("drill");
        using var document = JsonDocument.Parse(report.ToJson());
        document.WriteTo(json);
    }

    private static ImmutableArray<DrillScenario> Scenarios(Session session) => session.Get(Scenario) is { Length: > 0 } names
        ? [.. names.Select(n => DrillNames.Find(n) ?? throw new StopException($"There is no scenario `{n}`.", null, $"There are: {string.Join(", ", DrillNames.All)}"))]
        : [.. Enum.GetValues<DrillScenario>()];

    private static TimeSpan? Time(Option option, string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 100_000)
        {
            switch (text[^1])
            {
                case 's':
                    return TimeSpan.FromSeconds(number);
                case 'm':
                    return TimeSpan.FromMinutes(number);
                case 'h':
                    return TimeSpan.FromHours(number);
                default:
                    break;
            }
        }

        throw new StopException($"{option.Name} is `{text}`; write a number and s, m or h, for example `15m`.");
    }

    /// <summary>A line a step; on a terminal a bar besides.</summary>
    private sealed class DrillTalk(Session session) : IProgress<DrillProgress>
    {
        private string? said;

        public void Report(DrillProgress value)
        {
            var what = $"[{value.Ordinal}/{value.Scenarios}] {DrillNames.Of(value.Scenario)}: {value.Step}";
            if (said != what)
            {
                End();
                session.Terminal.Say(what + " …");
                said = what;
            }

            if (session.Terminal.IsLive && value.Total > 0)
            {
                session.Terminal.Live($"{ProgressBar.Of(value.Done, value.Total)} {value.Step}");
            }
        }

        public void End()
        {
            if (session.Terminal.IsLive)
            {
                session.Terminal.Live(null);
            }
        }
    }
}
