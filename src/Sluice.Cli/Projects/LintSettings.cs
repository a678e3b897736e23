using System.Text.Json;
using Sluice.Lint;
using Sluice.Lint.Rules;

namespace Sluice.Cli.Projects;

/// <summary>`lint` of sluice.json: `{"block": ["R", "D01"], "warn": [], "off": [], "smallBytes": 8388608, "smallRows": 1000, "naming": "snake_case"}`.</summary>
internal sealed record LintSettings(LintPolicy Policy, LintFacts Facts)
{
    public static LintSettings Default { get; } = new(LintPolicy.Default, LintFacts.None);

    /// <param name="wrong">Makes the error of what is wrong and what to write instead.</param>
    public static LintSettings Read(JsonElement json, Func<string, string, StopException> wrong)
    {
        if (json.ValueKind is not JsonValueKind.Object)
        {
            throw wrong($"`lint` is {json.GetRawText()}", "Write an object: {\"block\": [\"R\", \"D01\"], \"off\": [\"H08\"]}");
        }

        var settings = Default;
        foreach (var property in json.EnumerateObject())
        {
            settings = (property.Name, property.Value.ValueKind) switch
            {
                ("block", JsonValueKind.Array) => settings with { Policy = settings.Policy with { Block = Rules(property, wrong) } },
                ("warn", JsonValueKind.Array) => settings with { Policy = settings.Policy with { Warn = Rules(property, wrong) } },
                ("off", JsonValueKind.Array) => settings with { Policy = settings.Policy with { Off = Rules(property, wrong) } },
                ("smallBytes", JsonValueKind.Number) when property.Value.TryGetInt64(out var bytes) && bytes >= 0 => settings with { Facts = settings.Facts with { SmallBytes = bytes } },
                ("smallRows", JsonValueKind.Number) when property.Value.TryGetInt64(out var rows) && rows >= 0 => settings with { Facts = settings.Facts with { SmallRows = rows } },
                ("naming", JsonValueKind.String) when property.Value.GetString() is "snake_case" => settings with { Facts = settings.Facts with { Naming = "snake_case" } },
                ("block" or "warn" or "off" or "smallBytes" or "smallRows" or "naming", _) => throw wrong(
                    $"`lint.{property.Name}` is {property.Value.GetRawText()}", "Lists hold rules or the letters of families, sizes are whole numbers, `naming` is \"snake_case\"."),
                _ => throw wrong($"`lint` sets `{property.Name}`, which is no setting", "Known are: block, warn, off, smallBytes, smallRows, naming"),
            };
        }

        return settings;
    }

    private static System.Collections.Immutable.ImmutableArray<string> Rules(JsonProperty list, Func<string, string, StopException> wrong) =>
    [
        .. list.Value.EnumerateArray().Select(e => e.ValueKind is JsonValueKind.String && e.GetString() is { } name && (RuleBook.Find(name) is not null || RuleBook.Families.Any(f => name.Length == 1 && f.Letter == name[0]))
            ? name
            : throw wrong($"`lint.{list.Name}` names {e.GetRawText()}, which is no rule", "Rules are listed in docs/rules; a family is one letter: T, R, I, C, D, K, P, H.")),
    ];
}
