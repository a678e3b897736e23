using System.Collections.Immutable;
using System.CommandLine;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Lint;
using Sluice.Lint.Measuring;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Measuring;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>`migrate verify --trace`.</summary>
internal static class TraceRun
{
    public static readonly Option<string> Format = new("--format")
    {
        Description = "With --trace, how to tell it: text, json, sarif (2.1.0), github (annotations), gitlab (code quality)",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => "text",
    };

    public static readonly Option<int?> Sample = new("--sample")
    {
        Description = "With --trace: up to N rows of each table from the live database, copied into the scratch database, instead of invented ones",
        HelpName = "N",
    };

    private const int MostRows = 100_000;

    private static readonly string[] Formats = ["text", "json", "sarif", "github", "gitlab"];

    public static async Task<Answer> RunAsync(Session session, string[] names)
    {
        var format = session.Get(Format)!;
        if (!Formats.Contains(format))
        {
            throw new StopException($"There is no format `{format}`.", null, $"Known are: {string.Join(", ", Formats)}");
        }

        var sample = session.Get(Sample);
        if (sample is < 1 or > MostRows)
        {
            throw new StopException($"{Sample.Name} is {sample}.", null, $"Write a number of rows from 1 to {MostRows}.");
        }

        var settings = CacheOptions.Apply(session, LiveRun.HistorySettings(session), develops: true);
        var folder = MigrationFolder.Read(settings.MigrationsPath);
        var (wanted, applied) = names.Length > 0 ? (MigrateVerifyCommand.Named(folder, names), null) : await PendingAsync(session, settings, folder);
        var measured = await MeasuredMigrations.RunAsync(settings, folder, wanted, applied, sample, Paths.Show, session.Stop);
        var report = Judge(session, measured, sample is not null);
        var outcome = report.Blocks ? Outcome.Failed : Outcome.Ok;
        if (format is "sarif" or "github" or "gitlab")
        {
            session.Terminal.Raw(LintFormats.Of(format, report));
            return new Answer(outcome) { WritesReport = false };
        }

        if (format is "json" && !session.Json)
        {
            session.Terminal.WriteJson(json => MeasuredText.WriteJson(json, measured, report));
            return new Answer(outcome) { WritesReport = false };
        }

        MeasuredText.Print(session.Terminal, measured, report);
        return Answer.With(outcome, json => MeasuredText.WriteJson(json, measured, report));
    }

    // Where there is no database yet, all of them are pending.
    private static async Task<(HashSet<string> Wanted, HashSet<string>? Applied)> PendingAsync(Session session, RunSettings settings, MigrationFolder folder)
    {
        try
        {
            var pending = (await Status.ReadAsync(settings, false, session.Stop)).History.Pending.ToHashSet(StringComparer.Ordinal);
            return (pending, [.. folder.Migrations.Select(m => m.Name).Where(m => !pending.Contains(m))]);
        }
        catch (ProblemException missing) when (missing.Problem.Code == "P1003")
        {
            return ([.. folder.Migrations.Select(m => m.Name)], null);
        }
    }

    private static LintReport Judge(Session session, ImmutableArray<MeasuredMigration> measured, bool sampled)
    {
        var policy = SluiceJson.Read(session.Project.Folder).Lint.Policy;
        var reports = measured.Select(m => Comparison.Of(m.Script, m.Statements, policy, LintSources.Today, sampled)).ToList();
        return new LintReport([.. reports.SelectMany(r => r.Findings)], reports.Sum(r => r.Suppressed), reports.Sum(r => r.Statements));
    }
}
