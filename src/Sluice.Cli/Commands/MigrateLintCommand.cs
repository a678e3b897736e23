using System.CommandLine;
using Sluice.Cli.Output;
using Sluice.Lint;

namespace Sluice.Cli.Commands;

/// <summary>`migrate lint`: what migrations will do to those who use the database meanwhile.</summary>
internal static class MigrateLintCommand
{
    private static readonly Option<string> Format = new("--format")
    {
        Description = "How to tell it: text, json, sarif (2.1.0), github (annotations), gitlab (code quality)",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => "text",
    };

    private static readonly string[] Formats = ["text", "json", "sarif", "github", "gitlab"];

    public static Command Create(Session session) =>
        new ToolCommand("lint", "Say what migrations will lock, rewrite, lose or break, before they run", session, RunAsync)
        {
            Notes = """
                Reads the scripts as PostgreSQL would, predicts what each statement locks, rewrites and scans, and says what is
                dangerous, why, and how to write it instead. Tables that the same script makes are empty, and nothing is said of
                them; nor of what the runner takes care of: lock timeouts, transactions, statements that refuse one.

                With a connection it looks at what is pending, knows the sizes of the tables, and takes dangers to small ones for
                advice. Without one, or with FILE, --since or --latest, the migrations before tell what is there, and each one is
                judged as if its tables were large and in use; --url adds the sizes.

                Exit code 1 when something blocks: data that is lost, and work that stops others while a table is gone through.
                `lint` in sluice.json says otherwise: {"block": ["R", "D01"], "warn": ["I"], "off": ["H08"]}, by rule or family. In a
                script: `-- sluice: allow I01 because REASON until 2027-01-31`.
                """,
            Examples =
            [
                ("migrate lint", "what is pending; without a connection, all migrations"),
                ("migrate lint --latest 1", "the newest migration"),
                ("migrate lint --since 20260101000000_init --format github", "in CI: those that a branch adds, as annotations"),
                ("migrate lint --format sarif > lint.sarif", "for code scanning"),
                ("migrate lint migration.sql", "a script"),
            ],
        }.With(LintSources.Paths, LintSources.Since, LintSources.Latest, Format);

    private static async Task<Answer> RunAsync(Session session)
    {
        var format = session.Get(Format)!;
        if (!Formats.Contains(format))
        {
            throw new StopException($"There is no format `{format}`.", null, $"Known are: {string.Join(", ", Formats)}");
        }

        var input = await LintSources.ReadAsync(session);
        var report = Linter.Run(input);
        var outcome = report.Blocks ? Outcome.Failed : Outcome.Ok;
        if (format is "sarif" or "github" or "gitlab")
        {
            session.Terminal.Raw(LintFormats.Of(format, report));
            return new Answer(outcome) { WritesReport = false };
        }

        if (format is "json" && !session.Json)
        {
            session.Terminal.WriteJson(json => LintFormats.Json(json, report));
            return new Answer(outcome) { WritesReport = false };
        }

        LintText.Print(session.Terminal, report, input.Scripts.Length);
        return Answer.With(outcome, json => LintFormats.Json(json, report));
    }
}
