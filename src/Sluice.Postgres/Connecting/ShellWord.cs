using System.Globalization;

namespace Sluice.Postgres.Connecting;

/// <summary>Words of a command line that is shown to be pasted into a shell.</summary>
public static class ShellWord
{
    /// <summary>The word, quoted where a shell would read anything else in it.</summary>
    public static string Quote(string text)
    {
        if (text.Length > 0 && text.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ':' or '@'))
        {
            return text;
        }

        // A line break inside plain quotes would run as two lines wherever it is pasted line by line.
        return text.Any(char.IsControl)
            ? $"$'{string.Concat(text.Select(Escaped))}'"
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    private static string Escaped(char c) => c switch
    {
        '\'' or '\\' => $"\\{c}",
        '\n' => "\\n",
        _ when char.IsControl(c) => $"\\u{((int)c).ToString("x4", CultureInfo.InvariantCulture)}",
        _ => c.ToString(),
    };
}
