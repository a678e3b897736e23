using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Sluice.Lint;
using Sluice.Lint.Measuring;
using Sluice.Lint.Predicting;
using Sluice.Plan;
using Sluice.Postgres.Measuring;

namespace Sluice.Cli.Output;

/// <summary>What migrations were seen to do, statement by statement.</summary>
internal static class MeasuredText
{
    private const int Widest = 100;

    public static void Print(Terminal terminal, ImmutableArray<MeasuredMigration> migrations, LintReport report)
    {
        var ink = terminal.Ink;
        foreach (var migration in migrations)
        {
            terminal.Result($"{ink.Bold(migration.Name)}{ink.Faint($"  {migration.Script.Path}")}");
            terminal.Result(ink.Faint("   line      time       WAL  statement"));
            foreach (var statement in migration.Statements)
            {
                var line = migration.Script.Position(statement.Span.Start).Line;
                var text = string.Join(' ', migration.Script.Slice(statement.Span).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                var cost = statement.Seen is { } seen ? (Durations.Show(seen.Duration), Bytes(seen.WalBytes)) : ("–", "–");
                terminal.Result(string.Create(CultureInfo.InvariantCulture, $"  {line,5}  {cost.Item1,8}  {cost.Item2,8}  {(text.Length <= Widest ? text : text[..Widest] + " …")}"));
                foreach (var (word, what) in Lines(migration, statement))
                {
                    terminal.Result($"                             {ink.Faint(word)} {what}");
                }
            }

            foreach (var remark in migration.Remarks)
            {
                terminal.Result($"  {ink.Faint("without rows:")} {remark.ReplaceLineEndings(" ")}");
            }

            foreach (var left in migration.Left)
            {
                terminal.Result($"  {ink.Faint("left behind:")} {left.ReplaceLineEndings(" ")}");
            }

            terminal.Result();
        }

        LintText.PrintFindings(terminal, report);
        var all = migrations.SelectMany(m => m.Statements).ToList();
        var (traced, refused) = (all.Count(s => s.Seen is not null), all.Count(s => s.Refusal is not null));
        var different = report.Findings.Where(f => f.Rule.Id is "M01" or "M02").Select(f => (f.Source, f.Span)).Distinct().Count();
        terminal.Result(migrations.IsEmpty
            ? "Nothing to trace."
            : $"{DiagnosticText.Counted(traced, "statement")} traced in {DiagnosticText.Counted(migrations.Length, "migration")}: {(different == 0 ? "all as predicted" : $"{different} otherwise than predicted")}{(refused == 0 ? "" : $"; {refused} cannot be traced")}. The scratch database is gone again.");
    }

    public static void WriteJson(Utf8JsonWriter json, ImmutableArray<MeasuredMigration> migrations, LintReport report)
    {
        json.WriteStartArray("migrations");
        foreach (var migration in migrations)
        {
            json.WriteStartObject();
            json.WriteString("name", migration.Name);
            json.WriteString("file", migration.Script.Path);
            json.WriteStrings("withoutRows", migration.Remarks);
            json.WriteStrings("leftBehind", migration.Left);
            json.WriteStartArray("trace");
            foreach (var statement in migration.Statements)
            {
                json.WriteStartObject();
                json.WriteNumber("line", migration.Script.Position(statement.Span.Start).Line);
                json.WriteString("sql", migration.Script.Slice(statement.Span));
                json.WriteString("cannotTrace", statement.Refusal);
                json.WriteString("refusedByRows", statement.RowRefusal);
                json.WriteStartObject("predicted");
                Write(json, statement.Told.Locks.Items, statement.Told.Rewrites.Items, statement.Told.Scans.Items, statement.Told.Indexes.Items);
                json.WriteString("unclear", statement.Told.Unclear);
                json.WriteEndObject();
                if (statement.Seen is { } seen)
                {
                    json.WriteStartObject("measured");
                    Write(json, seen.Locks.Items, seen.Rewrites.Items, seen.Scans?.Items, seen.Indexes.Items);
                    json.WriteNumber("walBytes", seen.WalBytes);
                    json.WriteNumber("durationMs", seen.Duration.TotalMilliseconds);
                    json.WriteEndObject();
                }
                else
                {
                    json.WriteNull("measured");
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        LintFormats.Json(json, report);
    }

    private static void Write(Utf8JsonWriter json, IEnumerable<TableLock> locks, IEnumerable<string> rewrites, IEnumerable<string>? scans, IEnumerable<string> indexes)
    {
        EffectText.WriteLocks(json, locks);
        json.WriteStrings("rewrites", rewrites);
        if (scans is null)
        {
            json.WriteNull("scans");
        }
        else
        {
            json.WriteStrings("scans", scans);
        }

        json.WriteStrings("indexes", indexes);
    }

    private static IEnumerable<(string Word, string What)> Lines(MeasuredMigration migration, MeasuredStatement statement)
    {
        if (statement.RowRefusal is { } rows)
        {
            yield return ("refused by rows, run again without:", rows);
        }

        if (statement.Refusal is { } refusal)
        {
            yield return ("cannot trace:", refusal);
        }

        if (statement.Seen is not { } seen)
        {
            yield break;
        }

        var comparable = Comparison.Comparable(migration.Script.Slice(statement.Span), seen);
        var (more, less) = (Comparison.More(statement.Told, comparable), Comparison.Less(statement.Told, comparable));
        var did = Did(statement.Told, seen);
        var agrees = statement.Told.Unclear is not null ? "not predicted" : more.IsEmpty && less.IsEmpty ? "as predicted" : more.IsEmpty ? "less than predicted" : "more than predicted";
        if (did.Length > 0 || agrees is not "as predicted")
        {
            yield return (agrees + ":", did.Length > 0 ? did : "nothing");
        }
    }

    private static string Did(Prediction told, Measurement seen) => string.Join(", ",
    [
        .. seen.Taken.Items.Where(l => l.Level > LockLevel.AccessShare).Select(l => $"locks {l.Table} ({EffectText.Spelled(l.Level)})"),
        .. seen.Locks.Items.Except(seen.Taken.Items).Where(l => l.Level > LockLevel.AccessShare && told.LockOn(l.Table) > LockLevel.AccessShare).Select(l => $"{l.Table} is locked already ({EffectText.Spelled(l.Level)})"),
        .. seen.Rewrites.Items.Select(t => $"rewrites {t}"),
        .. (seen.Scans?.Items ?? []).Except(seen.Rewrites.Items).Select(t => $"scans {t}"),
        .. seen.Indexes.Items.Select(i => $"builds {i}"),
    ]);

    private static string Bytes(long bytes) => bytes switch
    {
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1000} kB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000} MB"),
    };
}
