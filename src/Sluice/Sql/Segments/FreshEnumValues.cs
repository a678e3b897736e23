using Sluice.Sql.Lexing;

namespace Sluice.Sql.Segments;

/// <summary>Values that `ALTER TYPE … ADD VALUE` gave a type in the open transaction: they may not be used before its COMMIT.</summary>
internal sealed class FreshEnumValues
{
    private readonly HashSet<string> newTypes = new(StringComparer.Ordinal);
    private readonly List<string> values = [];

    public void Clear()
    {
        newTypes.Clear();
        values.Clear();
    }

    public void Note(string text, SqlStatement statement)
    {
        if (statement.Keywords is ["CREATE", "TYPE", ..])
        {
            var create = new StatementTokens(text);
            create.Take("CREATE", "TYPE");
            newTypes.Add(create.TakeName());
        }
        else if (statement.Keywords is ["ALTER", "TYPE", ..])
        {
            var alter = new StatementTokens(text);
            alter.Take("ALTER", "TYPE");
            var type = alter.TakeName();
            if (alter.Take("ADD", "VALUE") && !newTypes.Contains(type))
            {
                alter.Take("IF", "NOT", "EXISTS");
                values.AddRange(alter.TakeString() is { } value ? [value] : []);
            }
        }
    }

    /// <summary>
    /// Whether a string of the statement is one of the values or holds it as a word: `'{admin,user}'`, the body of a block.
    /// A word too many costs a second transaction, one too few the migration.
    /// </summary>
    public bool IsUsedBy(string text, SqlStatement statement) =>
        values.Count > 0
        && statement.Keywords is not ["ALTER", "TYPE", ..]
        && new StatementTokens(text).Strings().Any(s => values.Exists(v => HoldsWord(s, v)));

    private static bool HoldsWord(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            if ((at == 0 || !IsPart(text[at - 1])) && (at + word.Length == text.Length || !IsPart(text[at + word.Length])))
            {
                return true;
            }

            if (word.Length == 0)
            {
                break;
            }
        }

        return false;
    }

    private static bool IsPart(char c) => char.IsLetterOrDigit(c) || c == '_';
}
