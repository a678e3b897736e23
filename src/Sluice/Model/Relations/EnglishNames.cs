using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Model.Relations;

/// <summary>How a field is called that stands for a model, or for many of them.</summary>
internal static class EnglishNames
{
    private const string Uncountable =
        " accommodation advertising advice aid air aircraft alcohol anger applause assistance bacon baggage beef blood bread "
        + "butter carbon cardboard cash chalk chess countryside dancing deer dignity dirt dust education electricity "
        + "engineering enjoyment envy equipment evidence evolution fame fiction flour flu food fuel fun furniture garbage "
        + "garlic gold golf gossip grammar gratitude grief guilt happiness hardware harm hate hatred health heat help "
        + "homework honesty honey hospitality housework hunger ice importance inflation information innocence jam jewelry "
        + "judo knowledge lack laughter leisure lightning literature logic loneliness luck luggage machinery management "
        + "mankind methane milk money mud music nature nitrogen nonsense nurture nutrition obedience obesity oxygen "
        + "patience poetry pollution poverty pride psychology punctuation relaxation reliability research respect revenge "
        + "rice rubbish rum safety scenery seafood seaside shame sheep shopping sleep smoke snow soap software soil steam "
        + "stuff sunshine thunder timber traffic transportation trust underwear violence warmth wealth weather wheat "
        + "wildlife wisdom ";

    private static readonly Dictionary<string, string> Irregular = new(StringComparer.Ordinal)
    {
        ["die"] = "dice", ["foot"] = "feet", ["goose"] = "geese", ["man"] = "men", ["ox"] = "oxen",
        ["quiz"] = "quizzes", ["tooth"] = "teeth", ["woman"] = "women", ["yes"] = "yeses",
    };

    // Before the ending, the ending, and what takes its place; the first that fits wins.
    private static readonly (Regex Pattern, string Plural)[] Endings =
    [
        .. new (string Stem, string Ending, string Plural)[]
        {
            ("eaux", "", ""),
            ("child", "(ren)?", "ren"),
            ("pe", "rson|ople", "ople"),
            ("[ml]", "ouse|ice", "ice"),
            ("matr|cod|mur|sil|vert|ind|append", "ix|ex", "ices"),
            ("x|ch|ss|sh|zz", "", "es"),
            ("(x|ch|ss|sh|zz)es", "", ""),
            ("[^ch][ieo][ln]", "ey", "ies"),
            ("[^aeiouy]|qu", "y", "ies"),
            ("ar|l|ea|eo|oa|hoo", "f", "ves"),
            ("kni|wi|li", "fe", "ves"),
            ("", "sis", "ses"),
            ("apheli|hyperbat|periheli|asyndet|noumen|phenomen|criteri|organ|prolegomen|hedr|automat", "a|on", "a"),
            ("agend|addend|millenni|dat|extrem|bacteri|desiderat|strat|candelabr|errat|ov|symposi|curricul|quor", "a|um", "a"),
            ("her|at|gr", "o", "oes"),
            ("seraph|cherub", "(im)?", "im"),
            ("alumn|alg|vertebr", "ae?", "ae"),
            ("alumn|syllab|octop|vir|radi|nucle|fung|cact|stimul|termin|bacill|foc|uter|loc|strat", "us|i", "i"),
            ("[^l]ias|[aeiou]las|[emjzr]as|[iu]am", "", ""),
            ("e[mn]u", "s?", "s"),
            ("alias|[^aou]us|tlas|gas|ris", "", "es"),
            ("ax|test", "is", "es"),
            ("[^aeiou]ese", "", ""),
            ("", "s?", "s"),
        }.Select(r => (new Regex($"(?<=({r.Stem}))({r.Ending})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture), r.Plural)),
    ];

    /// <summary>`OrderItem` and `order_item` are `orderItem`.</summary>
    public static string Camel(string name)
    {
        var text = new StringBuilder(name.Length);
        var newWord = false;
        var last = ' ';
        foreach (var c in name.TrimEnd('-', '_'))
        {
            if (c is '-' or '_')
            {
                newWord = text.Length > 0;
            }
            else if (char.IsNumber(c))
            {
                text.Append(c);
                newWord = true;
            }
            else if (newWord || (char.IsLower(last) && char.IsUpper(c)))
            {
                text.Append(AsciiUpper(c));
                newWord = false;
            }
            else
            {
                last = c;
                text.Append(AsciiLower(c));
            }
        }

        return text.ToString();
    }

    public static string Plural(string name)
    {
        if (Uncountable.Contains($" {name} ", StringComparison.Ordinal))
        {
            return name;
        }

        if (Irregular.TryGetValue(name, out var irregular))
        {
            return irregular;
        }

        var (pattern, plural) = Endings.First(e => e.Pattern.IsMatch(name));
        return pattern.Replace(name, plural, 1);
    }

    public static string WithFirst(string name, Func<char, char> change) =>
        name.Length == 0 ? name : change(name[0]) + name[1..];

    private static char AsciiUpper(char c) => char.IsAscii(c) ? char.ToUpperInvariant(c) : c;

    private static char AsciiLower(char c) => char.IsAscii(c) ? char.ToLowerInvariant(c) : c;
}
