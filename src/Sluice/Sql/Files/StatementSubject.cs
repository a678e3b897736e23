namespace Sluice.Sql.Files;

/// <summary>
/// What a statement declares, however it is spelled: `create or replace view Names …` and `CREATE VIEW "public"."names" …`
/// have the same subject. Null where it cannot be told from the words alone, or where a statement has several.
/// </summary>
internal static class StatementSubject
{
    public static string? Of(string statement, string defaultSchema)
    {
        var words = new SubjectWords(statement, defaultSchema);
        return words.Take("CREATE") ? Created(words)
            : words.Take("ALTER") ? Altered(words)
            : words.Take("COMMENT", "ON") ? Commented(words)
            : null;
    }

    private static string? Created(SubjectWords words)
    {
        words.Take("OR", "REPLACE");
        words.TakeAny("UNIQUE", "UNLOGGED", "RECURSIVE", "CONSTRAINT", "TRUSTED");
        return words.TakeAny("TRIGGER", "RULE", "POLICY", "INDEX", "FUNCTION", "PROCEDURE", "AGGREGATE", "VIEW", "TABLE", "TYPE", "DOMAIN", "SEQUENCE",
            "COLLATION", "STATISTICS", "EXTENSION", "SCHEMA", "PUBLICATION", "MATERIALIZED", "EVENT") switch
        {
            "TRIGGER" => Part("trigger", words.Name(), words.After("ON")),
            "RULE" => Part("rule", words.Name(), words.After("TO")),
            "POLICY" => Part("policy", words.Name(), words.After("ON")),
            "INDEX" => Index(words),
            "FUNCTION" or "PROCEDURE" or "AGGREGATE" => $"routine {words.Qualified()}",
            "VIEW" or "TABLE" => Relation(words),
            "MATERIALIZED" when words.Take("VIEW") => Relation(words),
            "EVENT" when words.Take("TRIGGER") => $"event trigger {words.Name()}",
            "PUBLICATION" => $"publication {words.Name()}",
            "EXTENSION" or "SCHEMA" => Existing(words).Name() is var name ? $"extension or schema {name}" : null,
            "TYPE" or "DOMAIN" => $"type {words.Qualified()}",
            "SEQUENCE" or "COLLATION" or "STATISTICS" => $"other {Existing(words).Qualified()}",
            _ => null,
        };
    }

    private static string Relation(SubjectWords words) => $"relation {Existing(words).Qualified()}";

    private static string? Index(SubjectWords words)
    {
        words.Take("CONCURRENTLY");
        return Part("index", Existing(words).Name(), words.After("ON"));
    }

    private static string? Altered(SubjectWords words) => words.TakeAny("TABLE", "SEQUENCE", "INDEX", "DOMAIN", "EVENT") switch
    {
        "TABLE" => AlteredTable(words),
        "SEQUENCE" => $"{(words.Qualified() is var name && words.Take("OWNED", "BY") ? "owner" : "options")} of sequence {name}",
        "INDEX" => $"options of index {words.Qualified()}",
        "DOMAIN" when words.Qualified() is var domain && words.Take("ADD", "CONSTRAINT") => $"constraint {words.Name()} of domain {domain}",
        "EVENT" when words.Take("TRIGGER") => $"state of event trigger {words.Name()}",
        _ => null,
    };

    private static string? AlteredTable(SubjectWords words)
    {
        words.Take("IF", "EXISTS");
        words.Take("ONLY");
        var table = words.Qualified();
        var facet = Facet(words);
        return facet is null || words.HasComma ? null : $"{facet} of {table}";
    }

    private static string? Facet(SubjectWords words)
    {
        if (words.Take("ADD", "CONSTRAINT"))
        {
            return $"constraint {words.Name()}";
        }

        if (words.Take("ALTER"))
        {
            words.Take("COLUMN");
            var column = words.Name();
            words.Take("SET", "DATA");
            return words.Take("TYPE") ? $"type of {column}"
                : words.Take("ADD", "GENERATED") ? $"identity of {column}"
                : words.Take("SET") ? $"{words.TakeAny("STORAGE", "COMPRESSION", "STATISTICS") ?? "options"} of {column}"
                : null;
        }

        if (words.TakeAny("ENABLE", "DISABLE") is not null)
        {
            words.TakeAny("REPLICA", "ALWAYS");
            return words.TakeAny("TRIGGER", "RULE") is { } kind ? $"state of {kind} {words.Name()}" : words.Take("ROW", "LEVEL", "SECURITY") ? "row security" : null;
        }

        return words.TakeAny("CLUSTER", "REPLICA", "INHERIT", "FORCE") switch
        {
            "INHERIT" => $"inheritance from {words.Qualified()}",
            { } other => other,
            _ => words.Take("SET", "UNLOGGED") ? "unlogged" : words.Take("SET") ? "options" : null,
        };
    }

    private static string? Commented(SubjectWords words)
    {
        var kind = words.TakeAny("TABLE", "VIEW", "MATERIALIZED", "COLUMN", "FUNCTION", "PROCEDURE", "AGGREGATE", "ROUTINE", "TYPE", "DOMAIN", "SEQUENCE",
            "STATISTICS", "INDEX", "TRIGGER", "POLICY", "RULE", "CONSTRAINT", "EVENT", "PUBLICATION", "SCHEMA");
        words.TakeAny("VIEW", "TRIGGER");
        return kind switch
        {
            null => null,
            "TRIGGER" or "POLICY" or "RULE" => Part($"comment on {kind}", words.Name(), words.After("ON")),
            "CONSTRAINT" => words.Name() is var name && words.Take("ON", "DOMAIN") ? Part("comment on constraint", name, words.Qualified()) : Part("comment on constraint", name, words.After("ON")),
            "EVENT" or "PUBLICATION" or "SCHEMA" => $"comment on {kind} {words.Name()}",
            "COLUMN" => $"comment on column {words.Qualified(parts: 3)}",
            "TABLE" or "VIEW" or "MATERIALIZED" => $"comment on relation {words.Qualified()}",
            "FUNCTION" or "PROCEDURE" or "AGGREGATE" or "ROUTINE" => $"comment on routine {words.Qualified()}",
            "TYPE" or "DOMAIN" => $"comment on type {words.Qualified()}",
            _ => $"comment on {kind} {words.Qualified()}",
        };
    }

    private static SubjectWords Existing(SubjectWords words)
    {
        words.Take("IF", "NOT", "EXISTS");
        return words;
    }

    private static string? Part(string kind, string name, string? owner) => owner is null ? null : $"{kind} {name} of {owner}";
}
