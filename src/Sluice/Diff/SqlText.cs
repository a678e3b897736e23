using Sluice.Catalog;

namespace Sluice.Diff;

/// <summary>Expressions reduced to what they mean, so that the server's spelling of one and the schema's are the same text.</summary>
internal static class SqlText
{
    /// <summary>Whether an expression only spells out a value.</summary>
    public static bool Says(string? sql, ColumnDefault? value) => sql is not null && Says(Reduce(sql), value);

    /// <summary>Without parentheses, casts and needless quotes, in lower case outside of quotes; one blank between words.</summary>
    public static string? Normalise(string? sql) => sql is null ? null : string.Join(' ', Reduce(sql));

    private static bool Says(List<string> words, ColumnDefault? value) => value switch
    {
        null => words is ["null"],
        ColumnDefault.Now => words is ["now"],
        ColumnDefault.Text text => words is [var word] && word == Quoted(text.Value),
        ColumnDefault.EnumLabel label => words is [var word] && word == Quoted(label.Value),
        ColumnDefault.Number number => words.Count is 1 or 2 && NumberText.Canonical(string.Concat(words).Trim('\'')) == NumberText.Canonical(number.Value),
        ColumnDefault.Boolean boolean => words is [var word] && word == (boolean.Value ? "true" : "false"),
        ColumnDefault.List list => words is ["array", "[", .., "]"] && SaysAll(words[2..^1], list),
        _ => false,
    };

    private static bool SaysAll(List<string> words, ColumnDefault.List list)
    {
        var items = new List<List<string>> { new() };
        foreach (var word in words)
        {
            if (word is ",")
            {
                items.Add([]);
            }
            else
            {
                items[^1].Add(word);
            }
        }

        return (items is [[]] && list.Items.Count == 0) || (items.Count == list.Items.Count && items.Zip(list.Items.Items).All(p => Says(p.First, p.Second)));
    }

    private static List<string> Reduce(string sql)
    {
        var words = Words(sql);
        var kept = new List<string>(words.Count);
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i] is "::")
            {
                i = EndOfCast(words, i + 1) - 1;
            }
            else if (words[i] is not ("(" or ")"))
            {
                kept.Add(words[i] is "current_timestamp" ? "now" : words[i]);
            }
        }

        return kept;
    }

    private static string Quoted(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>The position after a type's name: words, dots, a length in parentheses, brackets.</summary>
    private static int EndOfCast(List<string> words, int i)
    {
        while (i < words.Count)
        {
            var isTypeWord = words[i] is "." or "varying" or "precision" or "with" or "without" or "time" or "zone"
                || words[i - 1] is "::" or ".";
            if (words[i] is "(" && i + 1 < words.Count && char.IsAsciiDigit(words[i + 1][0]))
            {
                i = words.IndexOf(")", i) is var end and >= 0 ? end + 1 : words.Count;
            }
            else if (words[i] is "[" && i + 1 < words.Count && words[i + 1] is "]")
            {
                i += 2;
            }
            else if (isTypeWord)
            {
                i++;
            }
            else
            {
                break;
            }
        }

        return i;
    }

    private static List<string> Words(string sql)
    {
        var words = new List<string>();
        var i = 0;
        while (i < sql.Length)
        {
            var start = i;
            var c = sql[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
                continue;
            }

            if (c is '\'' or '"')
            {
                i = EndOfQuotes(sql, i);
                words.Add(c is '"' ? Unquoted(sql[start..i]) : sql[start..i]);
                continue;
            }

            if (IsWord(c))
            {
                while (i < sql.Length && (IsWord(sql[i]) || (sql[i] == '.' && char.IsAsciiDigit(c))))
                {
                    i++;
                }

                words.Add(sql[start..i].ToLowerInvariant());
                continue;
            }

            i += sql.AsSpan(i) is ['!', '=', ..] or ['<', '>', ..] or [':', ':', ..] ? 2 : 1;
            words.Add(sql[start..i] is "!=" ? "<>" : sql[start..i]);
        }

        return words;
    }

    private static int EndOfQuotes(string sql, int start)
    {
        var quote = sql[start];
        var i = start + 1;
        while (i < sql.Length && (sql[i] != quote || (i + 1 < sql.Length && sql[i + 1] == quote)))
        {
            i += sql[i] == quote ? 2 : 1;
        }

        return Math.Min(i + 1, sql.Length);
    }

    private static string Unquoted(string quoted)
    {
        var name = quoted.Trim('"');
        return name.Length > 0 && name.All(c => c is '_' or (>= 'a' and <= 'z') or (>= '0' and <= '9')) ? name : quoted;
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '$';
}
