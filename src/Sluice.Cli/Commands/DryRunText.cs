using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Lint;
using Sluice.Lint.Rules;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Sql.Segments;
using Sluice.Text;

namespace Sluice.Cli.Commands;

/// <summary>What a dry run prints: each migration's statements, and what is committed together.</summary>
internal static class DryRunText
{
    private const int Widest = 110;

    /// <param name="scope">What would be saved first; null without a backup.</param>
    public static Answer Up(Session session, RunSettings settings, RehearsalReport report, LintInput input, ScopeChoice? scope)
    {
        var terminal = session.Terminal;
        terminal.Result(LiveRun.Found(session, report.Found));
        terminal.Result();
        if (report.DatabaseMissing)
        {
            terminal.Result($"The database \"{settings.Address.Database}\" does not exist; it would be created.");
        }

        foreach (var name in report.History.Edited)
        {
            terminal.Warn($"The migration `{name}` was modified after it was applied.");
        }

        foreach (var name in report.History.Unrecorded)
        {
            terminal.Result($"`{name}` stands for migrations that are applied here; it would be marked as applied, and nothing of it run.");
        }

        var lint = Linter.Run(input);
        Print(session, settings.Address, report.Pending, input, lint, withFindings: true);
        var stops = RunGuard.StopsFor(input, lint);
        if (stops.Count > 0)
        {
            terminal.Warn($"By `lint.block` in sluice.json they are not applied: {string.Join(", ", stops)}.");
        }

        terminal.Result(report.Pending.IsEmpty
            ? "No pending migrations to apply."
            : $"Dry run: nothing was changed. {DiagnosticText.Counted(report.Pending.Length, "migration")} would be applied, {Backup(scope)}.");
        return Answer.With(stops.Count > 0 ? Outcome.Attention : Outcome.Ok, json =>
        {
            json.WriteBoolean("dryRun", true);
            json.WriteBoolean("databaseMissing", report.DatabaseMissing);
            json.WriteString("backupScope", scope?.Meaning);
            WriteJson(json, "pending", settings.Address, report.Pending, input, lint);
            LintFormats.WriteFindings(json, lint);
        });
    }

    public static Answer Down(Session session, RunSettings settings, DownPlan plan, LintInput input, ScopeChoice? scope)
    {
        DownCommand.SayProof(session, settings, plan);
        var lint = Linter.Run(input);
        Print(session, settings.Address, plan.Migrations, input, lint, withFindings: false);
        session.Terminal.Result($"Dry run: nothing was changed. {DiagnosticText.Counted(plan.Migrations.Length, "migration")} would be undone, {Backup(scope)}.");
        return Answer.With(Outcome.Ok, json =>
        {
            json.WriteBoolean("dryRun", true);
            json.WriteString("backupScope", scope?.Meaning);
            WriteJson(json, "undo", settings.Address, plan.Migrations, input, lint);
            DownCommand.WriteFate(json, plan);
        });
    }

    private static void Print(Session session, DatabaseAddress address, ImmutableArray<MigrationFile> migrations, LintInput input, LintReport lint, bool withFindings)
    {
        var terminal = session.Terminal;
        for (var number = 0; number < migrations.Length; number++)
        {
            var migration = migrations[number];
            var findings = lint.Findings.Where(f => withFindings && f.Source == input.Scripts[number] && f.Level > Level.Advice).ToLookup(f => f.Span.Start);
            var cut = Segmentation.Of(migration.Script);
            terminal.Result(terminal.Ink.Bold(migration.Name) + terminal.Ink.Faint($"  {Paths.Show(migration.Path)}, {DiagnosticText.Counted(cut.Statements.Length, "statement")}"));
            for (var i = 0; i < cut.Segments.Length; i++)
            {
                terminal.Result(string.Create(CultureInfo.InvariantCulture, $"  segment {i + 1} of {cut.Segments.Length}: {Describe(cut.Segments[i])}"));
                foreach (var (ordinal, line, sql) in Statements(migration, cut, cut.Segments[i], address))
                {
                    var text = string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                    terminal.Result(string.Create(CultureInfo.InvariantCulture, $"    {ordinal,3}  line {line,-4} {(text.Length <= Widest ? text : text[..Widest] + " …")}"));
                    if (EffectText.Line(lint.Predictions[number][ordinal - 1], input.Facts) is { } effect)
                    {
                        terminal.Result(terminal.Ink.Faint($"                    {effect}"));
                    }

                    foreach (var finding in findings[cut.Statements[ordinal - 1].Span.Start])
                    {
                        terminal.Result($"                    {LintText.Label(finding, terminal.Ink)} {Redaction.Clean(finding.Message, address)}");
                    }
                }
            }

            terminal.Result();
        }
    }

    private static string Backup(ScopeChoice? scope) => scope switch
    {
        null => "without a backup",
        { Scope: null } => $"without a backup, which would hold {scope.Meaning}",
        _ => $"after a backup of {scope.Meaning}",
    };

    private static string Describe(Segment segment) => segment switch
    {
        Segment.Transaction => "one transaction",
        Segment.Scripted { Keeps: true } => "one transaction, ended by the script",
        Segment.Scripted => "one transaction, which the script rolls back",
        Segment.Alone => "outside any transaction, committed by itself",
        _ => throw new UnreachableException($"{segment.GetType().Name} is not known"),
    };

    private static string Kind(Segment segment) => segment switch
    {
        Segment.Transaction => "transaction",
        Segment.Scripted { Keeps: true } => "scriptTransaction",
        Segment.Scripted => "rolledBack",
        Segment.Alone => "alone",
        _ => throw new UnreachableException($"{segment.GetType().Name} is not known"),
    };

    private static IEnumerable<(int Ordinal, int Line, string Sql)> Statements(MigrationFile migration, Segmentation cut, Segment segment, DatabaseAddress address)
    {
        var source = new SourceText(migration.Path, migration.Script);
        for (var i = segment.First; i < segment.End; i++)
        {
            var statement = cut.Statements[i];
            yield return (i + 1, source.Position(statement.Span.Start).Line, Redaction.Clean(statement.Text(migration.Script), address));
        }
    }

    private static void WriteJson(Utf8JsonWriter json, string name, DatabaseAddress address, ImmutableArray<MigrationFile> migrations, LintInput input, LintReport lint)
    {
        json.WriteStartArray(name);
        for (var number = 0; number < migrations.Length; number++)
        {
            var migration = migrations[number];
            var cut = Segmentation.Of(migration.Script);
            json.WriteStartObject();
            json.WriteString("migration", migration.Name);
            json.WriteString("file", Paths.Show(migration.Path));
            json.WriteStartArray("segments");
            foreach (var segment in cut.Segments)
            {
                json.WriteStartObject();
                json.WriteString("kind", Kind(segment));
                json.WriteStartArray("statements");
                foreach (var (ordinal, line, sql) in Statements(migration, cut, segment, address))
                {
                    json.WriteStartObject();
                    json.WriteNumber("ordinal", ordinal);
                    json.WriteNumber("line", line);
                    json.WriteString("sql", sql);
                    EffectText.WriteJson(json, lint.Predictions[number][ordinal - 1], input.Facts);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
