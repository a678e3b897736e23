using System.Collections.Immutable;
using Sluice.Sql.Lexing;

namespace Sluice.Sql.Effects;

/// <summary>A statement as a list of words: keywords in upper case, quoted names in their quotes, a string as one mark.</summary>
internal static class SqlWords
{
    public const string Text = "'…'";

    public static ImmutableArray<string> Of(string sql)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var lexer = new SqlLexer(sql);
        for (var token = lexer.Next(); token.Kind is not SqlTokenKind.End; token = lexer.Next())
        {
            switch (token.Kind)
            {
                case SqlTokenKind.Comment or SqlTokenKind.Semicolon:
                    break;
                case SqlTokenKind.String:
                    words.Add(Text);
                    break;
                case SqlTokenKind.Word:
                    words.Add(sql[token.Start..token.End].ToUpperInvariant());
                    break;
                default:
                    words.Add(sql[token.Start..token.End]);
                    break;
            }
        }

        return words.ToImmutable();
    }

    /// <summary>The parts between the commas outside of parentheses.</summary>
    public static IEnumerable<ImmutableArray<string>> Split(ImmutableArray<string> words)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i < words.Length; i++)
        {
            depth += words[i] switch { "(" or "[" => 1, ")" or "]" => -1, _ => 0 };
            if (depth == 0 && words[i] == ",")
            {
                yield return words[start..i];
                start = i + 1;
            }
        }

        yield return words[start..];
    }

    /// <summary>The name that begins at a place, folded as the server does, and where it ends.</summary>
    public static (string Name, int End) NameAt(ImmutableArray<string> words, int at)
    {
        if (at >= words.Length)
        {
            return ("", at);
        }

        var name = Fold(words[at++]);
        while (at + 1 < words.Length && words[at] == ".")
        {
            name += "." + Fold(words[at + 1]);
            at += 2;
        }

        return (name, at);
    }

    /// <summary>Where the words stand one after the other, outside of parentheses unless said; -1 for nowhere.</summary>
    public static int Find(ImmutableArray<string> words, params ReadOnlySpan<string> sought)
    {
        for (var i = 0; i + sought.Length <= words.Length; i++)
        {
            if (words.AsSpan(i, sought.Length).SequenceEqual(sought))
            {
                return i;
            }
        }

        return -1;
    }

    public static bool Has(ImmutableArray<string> words, params ReadOnlySpan<string> sought) => Find(words, sought) >= 0;

    private static string Fold(string word) => word.StartsWith('"') && word.Length > 1
        ? word[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal)
        : word.ToLowerInvariant();
}
