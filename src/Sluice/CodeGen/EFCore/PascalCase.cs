using System.Text;

namespace Sluice.CodeGen.EFCore;

/// <summary>Names of the schema and the database as .NET writes them.</summary>
internal static class PascalCase
{
    /// <summary>`user_preferences` and `userPreferences` to `UserPreferences`, `SUPER_ADMIN` to `SuperAdmin`, `id` and `ID` to `Id`.</summary>
    public static string Of(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var word in name.Split('_', '-', ' ', '.'))
        {
            if (word.Length == 0)
            {
                continue;
            }

            var allCapitals = word.Length > 1 && word.AsSpan().IndexOfAnyInRange('a', 'z') < 0 && !word.Any(char.IsLower);
            text.Append(char.ToUpperInvariant(word[0])).Append(allCapitals ? word[1..].ToLowerInvariant() : word[1..]);
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsLetterOrDigit(text[i]))
            {
                text[i] = '_';
            }
        }

        return text.Length == 0 ? "_" : char.IsDigit(text[0]) ? "_" + text : text.ToString();
    }

    /// <summary>English, by the rules alone: what it gets wrong is still a name, and stays what it is.</summary>
    public static string Plural(string name)
    {
        var lower = name.ToLowerInvariant();
        if (Irregular.FirstOrDefault(i => lower.EndsWith(i.One, StringComparison.Ordinal)) is { One: { } one, Many: var many })
        {
            return name[..(name.Length - one.Length + 1)] + many[1..];
        }

        if (Uncounted.Any(u => lower.EndsWith(u, StringComparison.Ordinal)))
        {
            return name;
        }

        return lower switch
        {
            [.., 's', 's'] or [.., 'x'] or [.., 'z'] or [.., 'c', 'h'] or [.., 's', 'h'] or [.., 'u', 's'] or [.., 'i', 's'] => name + "es",
            [.., 's'] => name,
            [.., not ('a' or 'e' or 'i' or 'o' or 'u'), 'y'] => name[..^1] + "ies",
            _ => name + "s",
        };
    }

    private static readonly (string One, string Many)[] Irregular =
    [
        ("person", "people"), ("child", "children"), ("woman", "women"), ("analysis", "analyses"), ("basis", "bases"), ("crisis", "crises"),
        ("criterion", "criteria"), ("datum", "data"), ("index", "indexes"), ("matrix", "matrices"), ("quiz", "quizzes"),
    ];

    private static readonly string[] Uncounted = ["data", "news", "series", "species", "metadata", "information", "equipment", "media", "people", "children"];
}
