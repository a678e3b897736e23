using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL250x: `@id` and `@@id`, and what all keys and indexes share.</summary>
internal static class KeyMistakes
{
    public static Mistake EmptyName(string attribute, string argument) => new(
        "SL2500",
        $"The argument `{argument}` of `{attribute}` is empty.",
        "Write a name between the quotes, or remove the argument to get the default name.");

    public static Mistake ClientNameCharacters(string attribute, string name) => new(
        "SL2501",
        $"The name `{name}` of `{attribute}` is used in code, so it may only have letters, digits and underscores (a-z, A-Z, 0-9, _).",
        "Choose another `name`; the name in the database is given by `map`.");

    public static Mistake UnknownFields(string attribute, EntityBinding entity, IReadOnlyList<string> fields) => new(
        "SL2502",
        $"`{attribute}` names what is no field of `{entity.Name}`: {Quoted(fields)}.",
        Suggest(entity, fields));

    public static Mistake FieldsWithoutColumn(string attribute, IEnumerable<string> fields, IEnumerable<string> underlying) => new(
        "SL2503",
        $"`{attribute}` names fields that have no column, because their type is a model or unknown: {Quoted(fields)}.",
        underlying.Any()
            ? $"Name the fields that hold the relation: `{attribute}([{string.Join(", ", underlying)}])`."
            : "Name the scalar fields that hold the relation instead.");

    public static Mistake FieldRepeated(string attribute, string field) => new(
        "SL2504",
        $"`{attribute}` names the field `{field}` more than once.",
        "Name each field once.");

    public static Mistake OnRelationField(string attribute, string field, IEnumerable<string> underlying) => new(
        "SL2505",
        $"`{attribute}` cannot stand on the relation field `{field}`: it has no column of its own.",
        underlying.ToList() switch
        {
            [] => "Put it on the scalar field that holds the relation.",
            [var single] => $"Put it on `{single}`.",
            var several => $"Write `@{attribute}([{string.Join(", ", several)}])` on the block.",
        });

    public static Mistake SecondId(string entity, string first, string second) => new(
        "SL2506",
        $"`{entity}` has `@id` on `{first}` and again on `{second}`, but there is one primary key.",
        $"Keep one `@id`, or write `@@id([{first}, {second}])` for a key of several fields.");

    public static Mistake IdOnFieldAndBlock(string entity, string field) => new(
        "SL2507",
        $"`{entity}` has both `@id` (on `{field}`) and `@@id`, but there is one primary key.",
        "Keep one of them.");

    public static Mistake IdMustBeRequired(string field) => new(
        "SL2508",
        $"The field `{field}` is marked `@id` but is optional or a list; the fields of a primary key are required.",
        $"Remove the `?` or `[]` from the type of `{field}`.");

    public static Mistake IdFieldsMustBeRequired(IEnumerable<string> fields) => new(
        "SL2509",
        $"`@@id` names fields that are optional or lists: {Quoted(fields)}; the fields of a primary key are required.",
        "Remove the `?` or `[]` from their types, or write `@@unique` instead of `@@id`.");

    public static Mistake NoFields(string attribute) => new(
        "SL2510",
        $"`{attribute}` names no field.",
        $"Name at least one: `{attribute}([id])`.");

    public static Mistake Length(string attribute) => new(
        "SL2511",
        $"`{attribute}` has the argument `length`, which PostgreSQL does not know.",
        "Remove it; a shorter text is indexed by an expression index, in SQL.");

    public static Mistake SortInKey(string attribute) => new(
        "SL2512",
        $"`{attribute}` has the argument `sort`, but PostgreSQL's primary keys have no order.",
        "Remove it, or add an `@@index` with that order.");

    public static Mistake Clustered(string attribute) => new(
        "SL2513",
        $"`{attribute}` has the argument `clustered`, which only SQL Server knows.",
        "Remove it.");

    public static Mistake NoUniqueCriterion(string entity, IReadOnlyCollection<string> loose) => new(
        "SL2514",
        $"`{entity}` has nothing by which a row is found: no key or unique of required fields"
            + (loose.Count == 0 ? "." : $"; these have fields that are optional or unsupported: {string.Join("; ", loose)}."),
        "Mark a field `@id` or `@unique`, or write `@@id([…])` or `@@unique([…])`; `@@ignore` keeps a table without one out of clients.");

    public static Mistake NameTooLong(string attribute, string name) => new(
        "SL2515",
        $"The name `{name}` of `{attribute}` is longer than the 63 bytes that PostgreSQL keeps.",
        "Shorten `map`.");

    public static Mistake IndexNameShared(string attribute, string name) => new(
        "SL2516",
        $"`{attribute}` is called `{name}` in the database, but so is another key or index of the same database schema.",
        "Give one of them another name with `map`.");

    public static Mistake ConstraintNameShared(string attribute, string name, string entity) => new(
        "SL2517",
        $"`{attribute}` is called `{name}` in the database, but so is another key, index or foreign key of `{entity}`.",
        "Give one of them another name with `map`.");

    public static Mistake ClientNameShared(string attribute, string name, string entity) => new(
        "SL2518",
        $"`{attribute}` has the `name` `{name}`, but so has another key or unique of `{entity}`.",
        "Give one of them another `name`.");

    public static Mistake ClientNameIsField(string attribute, string entity, string name) => new(
        "SL2519",
        $"`{attribute}` has the `name` `{name}`, but `{entity}` has a field of that name.",
        "Give it another `name`; the name in the database is given by `map`.");

    public static Mistake DefaultClientNameIsField(string attribute, string entity, string name) => new(
        "SL2520",
        $"`{attribute}` gets the name `{name}` in clients, but `{entity}` has a field of that name.",
        "Rename the field (`@map` keeps its column).");

    public static Mistake NeedsDatasource(string attribute, string argument) => new(
        "SL2522",
        $"The argument `{argument}` of `{attribute}` depends on the database, but the schema has no datasource.",
        "Add `datasource db { provider = \"postgresql\" }`.");

    private static string Suggest(EntityBinding entity, IReadOnlyList<string> unknown)
    {
        var byColumn = entity.ScalarFields.FirstOrDefault(f => f.ColumnName == unknown[0])?.Name;
        return byColumn is not null
            ? $"Write `{byColumn}`: fields are named as in the schema, not as their columns."
            : Spelling.Nearest(unknown[0], entity.ScalarFields.Select(f => f.Name)) is { } near
                ? $"Did you mean `{near}`?"
                : $"Write one of the scalar fields of `{entity.Name}`, or add a field `{unknown[0]}`.";
    }

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"`{n}`"));
}
