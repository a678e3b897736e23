using System.Collections.Immutable;
using Sluice.Sql.Lexing;

namespace Sluice.Sql.Files;

/// <summary>A statement's words from left to right; names as the catalog has them.</summary>
internal sealed class SubjectWords
{
    private readonly string defaultSchema;
    private readonly ImmutableArray<string> words;
    private int at;

    public SubjectWords(string statement, string defaultSchema)
    {
        this.defaultSchema = defaultSchema;
        words = [.. SqlTokens.Of(statement)];
    }

    public bool Take(params ReadOnlySpan<string> wanted)
    {
        if (at + wanted.Length > words.Length)
        {
            return false;
        }

        for (var i = 0; i < wanted.Length; i++)
        {
            if (!words[at + i].Equals(wanted[i], StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        at += wanted.Length;
        return true;
    }

    public string? TakeAny(params ReadOnlySpan<string> wanted)
    {
        foreach (var word in wanted)
        {
            if (Take(word))
            {
                return word;
            }
        }

        return null;
    }

    public string Name() => at < words.Length ? Fold(words[at++]) : "";

    /// <summary>A name with its schema, the default one where none is written.</summary>
    /// <param name="parts">How many a full name has.</param>
    public string Qualified(int parts = 2)
    {
        List<string> names = [Name()];
        while (at + 1 < words.Length && words[at] == ".")
        {
            at++;
            names.Add(Name());
        }

        return string.Join('.', (names.Count < parts ? names.Prepend(defaultSchema) : names).Select(SqlNames.Quote));
    }

    /// <summary>The name after the next place where a word stands; null where it does not.</summary>
    public string? After(string word)
    {
        while (at < words.Length)
        {
            if (Take(word))
            {
                Take("ONLY");
                return Qualified();
            }

            at++;
        }

        return null;
    }

    /// <summary>Whether a comma follows outside of parentheses.</summary>
    public bool HasComma
    {
        get
        {
            var depth = 0;
            foreach (var word in words[Math.Min(at, words.Length)..])
            {
                depth += word switch { "(" or "[" => 1, ")" or "]" => -1, _ => 0 };
                if (depth == 0 && word == ",")
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static string Fold(string word) => word.StartsWith('"') && word.Length > 1
        ? word[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal)
        : word.ToLowerInvariant();
}
