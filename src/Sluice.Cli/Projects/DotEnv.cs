using System.Text;

namespace Sluice.Cli.Projects;

/// <summary>Reads a `.env` file: `KEY=value`, quotes, `export`, comments, `${NAME}`.</summary>
internal static class DotEnv
{
    /// <param name="outer">Variables set elsewhere, which `${NAME}` sees first.</param>
    public static Dictionary<string, string> Read(string text, Func<string, string?> outer)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var position = text.StartsWith('\uFEFF') ? 1 : 0;
        while (position < text.Length)
        {
            var lineEnd = EndOfLine(text, position);
            var line = text[position..lineEnd];
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : NameIn(line[..equals]);
            if (name.Length == 0)
            {
                position = lineEnd + 1;
                continue;
            }

            var (value, isLiteral) = ReadValue(text, position + equals + 1, ref lineEnd);
            values[name] = isLiteral ? value : Expand(value, n => outer(n) ?? values.GetValueOrDefault(n));
            position = lineEnd + 1;
        }

        return values;
    }

    private static string NameIn(string left)
    {
        var name = left.Trim();
        if (name.StartsWith("export ", StringComparison.Ordinal))
        {
            name = name["export ".Length..].TrimStart();
        }

        return name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-') ? name : "";
    }

    private static (string Value, bool IsLiteral) ReadValue(string text, int position, ref int lineEnd)
    {
        while (position < lineEnd && text[position] is ' ' or '\t')
        {
            position++;
        }

        if (position < lineEnd && text[position] is '"' or '\'' or '`')
        {
            var quote = text[position];
            if (ClosingQuote(text, position) is var end and > 0)
            {
                lineEnd = EndOfLine(text, end);
                var inner = text[(position + 1)..end];
                return quote == '"' ? (Unescape(inner), false) : (inner, quote == '\'');
            }
        }

        var raw = text[position..lineEnd];
        var comment = CommentIn(raw);
        return ((comment < 0 ? raw : raw[..comment]).Trim(), false);
    }

    // A `#` begins a comment at the start of the value or after a blank, as in a shell; `pass#word` keeps it.
    private static int CommentIn(string raw)
    {
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '#' && (i == 0 || char.IsWhiteSpace(raw[i - 1])))
            {
                return i;
            }
        }

        return -1;
    }

    private static int ClosingQuote(string text, int open)
    {
        for (var i = open + 1; i < text.Length; i++)
        {
            if (text[i] == '\\' && text[open] == '"')
            {
                i++;
            }
            else if (text[i] == text[open])
            {
                return i;
            }
        }

        return -1;
    }

    private static string Unescape(string inner)
    {
        var text = new StringBuilder(inner.Length);
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] != '\\' || i + 1 == inner.Length)
            {
                text.Append(inner[i]);
                continue;
            }

            i++;
            _ = inner[i] switch
            {
                'n' => text.Append('\n'),
                'r' => text.Append('\r'),
                't' => text.Append('\t'),
                '"' or '\\' => text.Append(inner[i]),
                var other => text.Append('\\').Append(other),
            };
        }

        return text.ToString();
    }

    private static string Expand(string value, Func<string, string?> variable)
    {
        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length && value[i + 1] == '$')
            {
                text.Append('$');
                i++;
                continue;
            }

            if (value[i] != '$' || i + 1 == value.Length)
            {
                text.Append(value[i]);
                continue;
            }

            var braced = value[i + 1] == '{';
            var start = braced ? i + 2 : i + 1;
            var end = start;
            while (end < value.Length && (char.IsAsciiLetterOrDigit(value[end]) || value[end] == '_'))
            {
                end++;
            }

            if (end == start || (braced && (end == value.Length || value[end] != '}')))
            {
                text.Append('$');
                continue;
            }

            // A password with a dollar sign is likelier than a bare `$NAME` of a variable that is not set.
            text.Append(variable(value[start..end]) ?? (braced ? "" : value[i..end]));
            i = braced ? end : end - 1;
        }

        return text.ToString();
    }

    private static int EndOfLine(string text, int position)
    {
        var end = text.IndexOf('\n', position);
        return end < 0 ? text.Length : end;
    }
}
