using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL230x: `@id` and `@@id`, and what all keys and indexes share.</summary>
internal static class KeyMistakes
{
    public static Mistake EmptyName(string attribute, string argument) => new(
        "SL2300",
        $"The argument `{argument}` of `{attribute}` is empty.",
        "Write a name between the quotes, or remove the argument to get the default name.");

    public static Mistake ClientNameCharacters(string attribute, string name) => new(
        "SL2301",
        $"The name `{name}` of `{attribute}` is used in code, so it may only have letters, digits and underscores (a-z, A-Z, 0-9, _).",
        "Choose another `name`; the name in the database is given by `map`.");

    public static Mistake UnknownFields(string attribute, string entity, IEnumerable<string> fields) => new(
        "SL2302",
        $"`{attribute}` names what is no field of `{entity}`: {Quoted(fields)}.",
        "Check the spelling: fields are named as in the schema, not as their columns.");

    public static Mistake RelationFields(string attribute, IEnumerable<string> fields, IEnumerable<string> underlying) => new(
        "SL2303",
        $"`{attribute}` names relation fields, which have no column: {Quoted(fields)}.",
        underlying.Any()
            ? $"Name the fields that hold the relation: `{attribute}([{string.Join(", ", underlying)}])`."
            : "Name the scalar fields that hold the relation instead.");

    public static Mistake FieldRepeated(string attribute, string field) => new(
        "SL2304",
        $"`{attribute}` names the field `{field}` more than once.",
        "Name each field once.");

    public static Mistake OnRelationField(string attribute, string field, IEnumerable<string> underlying) => new(
        "SL2305",
        $"`{attribute}` cannot stand on `{field}`: a relation field has no column.",
        underlying.ToList() switch
        {
            [] => "Put it on the scalar field that holds the relation.",
            [var single] => $"Put it on `{single}`.",
            var several => $"Write `@{attribute}([{string.Join(", ", several)}])` on the block.",
        });

    public static Mistake SecondId(string entity, string first, string second) => new(
        "SL2306",
        $"`{entity}` has `@id` on `{first}` and again on `{second}`, but there is one primary key.",
        $"Keep one `@id`, or write `@@id([{first}, {second}])` for a key of several fields.");

    public static Mistake IdOnFieldAndBlock(string entity, string field) => new(
        "SL2307",
        $"`{entity}` has both `@id` (on `{field}`) and `@@id`, but there is one primary key.",
        "Keep one of them.");

    public static Mistake IdMustBeRequired(string field) => new(
        "SL2308",
        $"The field `{field}` is marked `@id` but is optional or a list; the fields of a primary key are required.",
        $"Remove the `?` or `[]` from the type of `{field}`.");

    public static Mistake IdFieldsMustBeRequired(IEnumerable<string> fields) => new(
        "SL2309",
        $"`@@id` names fields that are optional or lists: {Quoted(fields)}; the fields of a primary key are required.",
        "Remove the `?` or `[]` from their types, or write `@@unique` instead of `@@id`.");

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"`{n}`"));
}
