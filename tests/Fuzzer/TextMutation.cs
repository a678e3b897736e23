using System.Text;

namespace Sluice.Fuzzer;

/// <summary>Small accidents: a line lost, a word swapped, a bracket missing.</summary>
internal static class TextMutation
{
    private static readonly string[] Snippets =
    [
        "@id", "@unique", "@@id([id])", "@default(now())", "@default(autoincrement())", "@db.VarChar(300)", "@map(\"x\")", "@@map(\"y\")", "?", "[]", "@relation(fields: [a], references: [b])",
        "@updatedAt", "@ignore", "@@ignore", "// comment", "/// doc", "}", "{", "\"", "(", ")", ",", ":", "@", "@@", "@db.Timestamp(9)", "@default(1, 2)", "@default()", "@@index([])", "@@unique([nope])",
        "String", "Strin", "model Extra { id Int @id }", "enum Bad {\n}", "type T {\n}", "onDelete: Nope", "@foo", "@@foo", "@@schema(\"nope\")", "length: 10", "sort: Up", "ops: raw(1)", "type: Nope",
        "relationMode = \"nope\"", "url = env(\"A\", \"B\")", "-", "1", "null", "[[]]", "@default(uuid(5))", "@default(nanoid(1))", "@default(cuid(3))", "previewFeatures = [\"nope\"]",
    ];

    public static string Mutate(Dice dice, string text, int count)
    {
        for (var i = 0; i < count; i++)
        {
            text = Once(dice, text);
        }

        return text;
    }

    /// <summary>The same schema as a careless hand writes it, for the formatter.</summary>
    public static string Untidy(Dice dice, string text)
    {
        var result = new StringBuilder();
        foreach (var line in text.Split('\n'))
        {
            if (dice.Chance(4))
            {
                result.Append(dice.Pick(["\n", "\n\n", "  // alone\n", "/// doc alone\n", "   \t\n"]));
            }

            result.Append(dice.Chance(30) ? new string(' ', dice.Roll(7)) + line.TrimStart() : line);
            if (line.Length > 0 && line[^1] != '{' && dice.Chance(5))
            {
                result.Append(dice.Pick([" // end", "   /// documented end", "//tight", "  "]));
            }

            result.Append('\n');
        }

        return Spaced(dice, result.ToString()[..^1]);
    }

    /// <summary>Relations half written, as a person leaves them for the formatter to complete.</summary>
    public static string Unfinished(Dice dice, string text)
    {
        var lines = text.Split('\n').ToList();
        for (var i = lines.Count - 1; i >= 0; i--)
        {
            var at = lines[i].IndexOf(" @relation(", StringComparison.Ordinal);
            if (at >= 0 && dice.Chance(40))
            {
                lines[i] = dice.Roll(4) switch
                {
                    0 => lines[i][..at] + " @relation",
                    1 => lines[i].Replace("fields: ", "", StringComparison.Ordinal),
                    2 => lines[i].Replace("references: ", "", StringComparison.Ordinal),
                    _ => lines[i][..at],
                };
            }
            else if ((at >= 0 || lines[i].EndsWith("[]", StringComparison.Ordinal)) && dice.Chance(40))
            {
                lines.RemoveAt(i);
            }
        }

        return string.Join('\n', lines);
    }

    private static string Spaced(Dice dice, string text)
    {
        var result = new StringBuilder();
        var inString = false;
        var inComment = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            inComment = c != '\n' && (inComment || (!inString && c == '/'));
            inString = c != '\n' && !inComment && (c == '"' && (i == 0 || text[i - 1] != '\\') ? !inString : inString);
            result.Append(c);
            if (!inString && !inComment && c is ' ' or ',' or ':' or '(' or '[' or '=' && dice.Chance(8))
            {
                result.Append(dice.Pick([" ", "  ", "\t"]));
            }
        }

        return result.ToString();
    }

    private static string Once(Dice dice, string text)
    {
        var lines = text.Split('\n').ToList();
        var at = dice.Roll(lines.Count);
        switch (dice.Roll(9))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(at, lines[dice.Roll(lines.Count)]);
                break;
            case 2:
                lines.Insert(at, "  " + dice.Pick(Snippets));
                break;
            case 3:
                lines[at] += " " + dice.Pick(Snippets);
                break;
            case 4 when lines[at].Length > 0:
                var drop = dice.Roll(lines[at].Length);
                lines[at] = lines[at].Remove(drop, 1);
                break;
            case 5 when lines[at].Length > 0:
                lines[at] = lines[at].Insert(dice.Roll(lines[at].Length), dice.Pick(["\"", "(", ")", "[", "]", "{", "}", "@", ",", ".", "é", "x", " ", "0", "?", "#", "\t", "/"]));
                break;
            case 6:
                lines[at] = WithoutWord(dice, lines[at]);
                break;
            case 7:
                lines[at] = WithWordOf(dice, lines[at], lines[dice.Roll(lines.Count)]);
                break;
            default:
                (lines[at], lines[0]) = (lines[0], lines[at]);
                break;
        }

        return string.Join('\n', lines);
    }

    private static string WithoutWord(Dice dice, string line)
    {
        var words = line.Split(' ').ToList();
        words.RemoveAt(dice.Roll(words.Count));
        return string.Join(' ', words);
    }

    private static string WithWordOf(Dice dice, string line, string other)
    {
        var words = line.Split(' ').ToList();
        words[dice.Roll(words.Count)] = dice.Pick(other.Split(' '));
        return string.Join(' ', words);
    }
}
