using System.Globalization;
using Sluice.Cli.Projects;
using Sluice.Postgres.Connecting;

namespace Sluice.Cli.Output;

/// <summary>A statement that the server refused: which one, where in the file, what the server said, what state is left.</summary>
internal static class FailedStatementText
{
    private const int WidestExcerpt = 160;

    /// <param name="unnamed">What the script is that has no file.</param>
    public static IEnumerable<string> Lines(FailedStatement failed, Ink ink, string unnamed)
    {
        yield return "";
        yield return Row(ink, "Statement", string.Create(CultureInfo.InvariantCulture, $"{failed.Ordinal} of {failed.Total}"));
        yield return Row(ink, "Server", $"{failed.Error.Severity} {failed.Error.SqlState}: {failed.Error.Message}");
        foreach (var (name, text) in new[] { ("Detail", failed.Error.Detail), ("Hint", failed.Error.Hint), ("Where", failed.Error.Where) })
        {
            if (text is { Length: > 0 })
            {
                yield return Row(ink, name, text.ReplaceLineEndings("\n            "));
            }
        }

        yield return "";
        foreach (var line in Excerpt(failed, ink, unnamed))
        {
            yield return line;
        }

        yield return "";
        yield return Row(ink, "State", failed.State.ReplaceLineEndings("\n            "));
    }

    private static IEnumerable<string> Excerpt(FailedStatement failed, Ink ink, string unnamed)
    {
        var number = failed.Line.ToString(CultureInfo.InvariantCulture);
        var gutter = new string(' ', number.Length);
        var place = $"{(failed.File is null ? unnamed : Paths.Show(failed.File))}:{number}";
        var column = (failed.Column ?? 1) - 1;
        var source = failed.SourceLine;
        var shift = source.Length <= WidestExcerpt ? 0 : Math.Clamp(column - (WidestExcerpt / 4), 0, source.Length - WidestExcerpt);
        source = source.Substring(shift, Math.Min(WidestExcerpt, source.Length - shift));
        yield return $"  {gutter}{ink.Faint("-->")} {place}{(failed.Column is { } c ? ":" + c.ToString(CultureInfo.InvariantCulture) : "")}";
        yield return $"  {gutter} {ink.Faint("|")}";
        yield return $"  {ink.Faint(number)} {ink.Faint("|")} {source}";
        if (failed.Column is not null)
        {
            var padding = string.Concat(source.Take(column - shift).Select(ch => ch == '\t' ? '\t' : ' '));
            yield return $"  {gutter} {ink.Faint("|")} {padding}{ink.Red("^")}";
        }
    }

    private static string Row(Ink ink, string name, string text) => $"  {ink.Faint(name.PadRight(10))}{text}";
}
