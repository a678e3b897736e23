using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Monitoring;
using Sluice.Postgres.Preflight;

namespace Sluice.Cli.Commands;

/// <summary>`monitor`: how large, how busy and how clean the database is.</summary>
internal static class MonitorCommand
{
    private const int Shown = 15;

    public static Command Create(Session session) =>
        new ToolCommand("monitor", "How large, how busy, how clean? Tables, indexes, connections, sessions, against thresholds", session, RunAsync)
        {
            Notes = """
                Changes nothing: one read-only transaction, one round trip. Exit code 1 when something is over its threshold.
                Thresholds are in sluice.json: {"monitor": {"thresholds": {"sessions": [20000, 50000], "cacheMisses": null}}}.
                Which there are: docs/monitor.md.
                """,
            Examples =
            [
                ("monitor", "look once"),
                ("monitor --json", "every minute, by a machine; it has every table and index"),
            ],
        };

    private static async Task<Answer> RunAsync(Session session)
    {
        var thresholds = SluiceJson.Read(session.Project.Folder).Thresholds;
        var figures = await Postgres.Monitoring.Monitor.ReadAsync(LiveRun.Settings(session), session.Stop);
        var report = FigureChecks.Of(figures, thresholds);
        var terminal = session.Terminal;
        foreach (var line in CheckText.Lines(report.Checks, terminal.Ink).Concat(Tables(figures, terminal.Ink)))
        {
            terminal.Result(line);
        }

        var findings = report.Checks.Count(c => c.Verdict is Verdict.Warning or Verdict.Critical);
        terminal.Result();
        terminal.Result(findings == 0 ? terminal.Ink.Green("No findings.") : terminal.Ink.Yellow($"{DiagnosticText.Counted(findings, "finding")}."));
        return Answer.With(findings == 0 ? Outcome.Ok : Outcome.Attention, json =>
        {
            CheckText.WriteJson(json, "checks", report);
            WriteFigures(json, figures);
            json.WriteNumber("findings", findings);
        });
    }

    private static IEnumerable<string> Tables(Figures figures, Ink ink)
    {
        if (!figures.Tables.IsEmpty)
        {
            yield return "";
            string[][] rows =
            [
                ["table", "rows", "dead", "size", "of it indexes", "scans", "by index", "vacuumed", "analyzed"],
                .. figures.Tables.Take(Shown).Select(t => new[]
                {
                    t.Name, Number(t.Rows), Number(t.DeadRows), Bytes(t.Bytes), Bytes(t.IndexBytes), Number(t.TableScans), Number(t.IndexScans), Day(t.Vacuumed), Day(t.Analyzed),
                }),
            ];
            foreach (var line in Columns(rows, ink, figures.Tables.Length - Shown))
            {
                yield return line;
            }
        }

        // The least used first, as one looks for what to remove; keys stay whether they are read or not.
        var indexes = figures.Indexes.Where(i => !i.Keeps).OrderBy(i => i.Scans).ThenByDescending(i => i.Bytes).ToList();
        if (indexes.Count > 0)
        {
            yield return "";
            string[][] rows = [["index", "read", "size"], .. indexes.Take(Shown).Select(i => new[] { i.Name, i.Scans == 0 ? "never" : Number(i.Scans), Bytes(i.Bytes) })];
            foreach (var line in Columns(rows, ink, indexes.Count - Shown))
            {
                yield return line;
            }

            yield return ink.Faint($"counted since {FigureChecks.Since(figures)}");
        }
    }

    private static IEnumerable<string> Columns(string[][] rows, Ink ink, int left)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length)).ToList();
        for (var row = 0; row < rows.Length; row++)
        {
            var line = string.Join("  ", rows[row].Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c])));
            yield return row == 0 ? ink.Faint(line) : line;
        }

        if (left > 0)
        {
            yield return ink.Faint(string.Create(CultureInfo.InvariantCulture, $"and {left:#,0} more; --json has them all"));
        }
    }

    private static void WriteFigures(Utf8JsonWriter json, Figures figures)
    {
        json.WriteStartObject("database");
        json.WriteString("name", figures.Database);
        json.WriteNumber("bytes", figures.Bytes);
        json.WriteNumber("connections", figures.Connections);
        json.WriteNumber("mostConnections", figures.MostConnections);
        WriteNumber(json, "cacheHit", figures.CacheHit);
        json.WriteNumber("longestTransactionSeconds", figures.LongestTransaction.TotalSeconds);
        WriteTime(json, "statisticsSince", figures.StatisticsSince);
        json.WriteEndObject();
        json.WriteStartArray("tables");
        foreach (var table in figures.Tables)
        {
            json.WriteStartObject();
            json.WriteString("name", table.Name);
            json.WriteNumber("rows", table.Rows);
            json.WriteNumber("deadRows", table.DeadRows);
            json.WriteNumber("changedSinceAnalyze", table.Changed);
            json.WriteNumber("bytes", table.Bytes);
            json.WriteNumber("indexBytes", table.IndexBytes);
            json.WriteNumber("tableScans", table.TableScans);
            json.WriteNumber("indexScans", table.IndexScans);
            WriteTime(json, "vacuumedAt", table.Vacuumed);
            WriteTime(json, "analyzedAt", table.Analyzed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("indexes");
        foreach (var index in figures.Indexes)
        {
            json.WriteStartObject();
            json.WriteString("name", index.Name);
            json.WriteString("table", index.Table);
            json.WriteNumber("scans", index.Scans);
            json.WriteNumber("bytes", index.Bytes);
            json.WriteBoolean("unused", index.IsUnused);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("auth");
        json.WriteStartArray("tables");
        foreach (var table in figures.Auth.Tables)
        {
            json.WriteStartObject();
            json.WriteString("name", table.Name);
            json.WriteNumber("total", table.Total);
            WriteNumber(json, "active", table.Active);
            WriteNumber(json, "expired", table.Expired);
            WriteNumber(json, "usedInSevenDays", table.Recent);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteNumber(json, "failedLoginsLastHour", figures.Auth.FailedLogins);
        WriteNumber(json, "lockedOut", figures.Auth.LockedOut);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time) => json.WriteString(name, time?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Bytes(long bytes) => BackupOptions.Size(bytes);

    private static string Day(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "never";
}
