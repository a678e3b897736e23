using System.Globalization;
using Sluice.Cli.Commands;
using Sluice.Postgres.Monitoring;

namespace Sluice.Cli.Output;

/// <summary>Tables and indexes of a database, the largest and the least used.</summary>
internal static class FigureText
{
    private const int Shown = 15;

    public static IEnumerable<string> Tables(Figures figures, Ink ink)
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

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Bytes(long bytes) => BackupOptions.Size(bytes);

    private static string Day(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "never";
}
