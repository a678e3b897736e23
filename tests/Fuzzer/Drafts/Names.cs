namespace Sluice.Fuzzer.Drafts;

internal static class Names
{
    private static readonly string[] Words =
    [
        "user", "order", "group", "select", "account", "post", "comment", "tag", "profile", "session", "invoice", "line_item", "audit_log", "sourceName", "type", "value", "table",
        "key", "index", "A", "B", "data", "createdAt", "x", "parent_id", "Zeile", "straße", "naïve", "user_id", "id2",
    ];

    private static readonly string[] Mapped =
    [
        "mapped", "with space", "UPPER", "größe", "ünïcödé_näme", "таблица", "dash-ed", "dot.ted", "1digit", "select", "emoji_🙂", "quote'd", "_leading",
        "a_very_long_mapped_name_that_is_longer_than_postgresql_lets_it_be_0123456789",
        "über_langer_abgebildeter_name_der_länger_als_dreiundsechzig_bytes_wäre_ä",
    ];

    public static string Field(Dice dice, Draft draft) => Numbered(draft, Long(dice, 2) ?? Ascii(dice.Pick(Words)));

    public static string Entity(Dice dice, Draft draft)
    {
        var word = Long(dice, 4) ?? Ascii(dice.Pick(Words));
        return Numbered(draft, dice.Chance(70) ? char.ToUpperInvariant(word[0]) + word[1..] : word);
    }

    /// <summary>A name in the database, distinct within the draft most of the time.</summary>
    public static string Map(Dice dice, Draft draft)
    {
        var name = dice.Pick(Mapped);
        return dice.Chance(1) ? name : name.Length > 40 ? $"{draft.NextName++}{name}" : $"{name}{draft.NextName++}";
    }

    /// <summary>As <see cref="Map"/>, but for constraints, whose names may not be long.</summary>
    public static string Constraint(Dice dice, Draft draft)
    {
        var name = Map(dice, draft);
        return name.Length < 50 || dice.Chance(2) ? name : $"short{draft.NextName++}";
    }

    private static string? Long(Dice dice, int percent) => dice.Chance(percent)
        ? dice.Pick(["averyveryverylongnamethatgoesonandonuntilpostgresqlhastocutit", "another_name_whose_length_is_far_beyond_the_sixty_three_bytes_allowed", "exactly_fifty_five_characters_long_name_for_the_edges_x"])
        : null;

    // The language's identifiers may hold any letter, but the validator refuses most: keep those rare.
    private static string Ascii(string word) => word.All(char.IsAscii) ? word : word.Length % 5 == 0 ? word : "plain";

    private static string Numbered(Draft draft, string word) =>
        word.Length > 40 && draft.NextName % 8 != 0 ? $"n{draft.NextName++}{word}" : $"{word}{draft.NextName++}";
}
