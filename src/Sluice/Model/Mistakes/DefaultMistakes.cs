using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL232x: `@default`.</summary>
internal static class DefaultMistakes
{
    public static Mistake WrongValue(string type, string found) => new(
        "SL2320",
        $"A default for `{type}` was expected, but found `{found}`.",
        type switch
        {
            "String" or "Json" or "Bytes" or "DateTime" => "Write it in double quotes, or use a function such as `dbgenerated(\"…\")`.",
            "Boolean" => "Write `true` or `false`.",
            _ => "Write a number without quotes, or use a function such as `dbgenerated(\"…\")`.",
        });

    public static Mistake NotBoolean(string found) => new(
        "SL2321",
        $"A Boolean is `true` or `false`, but found `{found}`.",
        "Write it in lower case.");

    public static Mistake ListForOne(string field) => new(
        "SL2322",
        $"The default of `{field}` is a list, but the field is not.",
        "Write a single value, or make the type a list with `[]`.");

    public static Mistake OneForList(string field) => new(
        "SL2323",
        $"`{field}` is a list, but its default is a single value.",
        "Put the default in brackets: `@default([…])`.");

    public static Mistake NotEnumValue(string name, string value, IEnumerable<string> values) => new(
        "SL2324",
        $"The enum `{name}` has no value `{value}`.",
        $"Its values are {string.Join(", ", values.Select(v => $"`{v}`"))}.");

    public static Mistake NotEnumExpression(string name, string found) => new(
        "SL2325",
        $"A value of the enum `{name}` was expected, but found `{found}`.",
        "Write the value's name without quotes; for a list field in brackets.");

    public static Mistake FunctionType(string function, string type, string types) => new(
        "SL2326",
        $"`{function}()` cannot be the default of a `{type}` field.",
        $"It fills {types}.");

    public static Mistake UnknownFunction(string function) => new(
        "SL2327",
        $"There is no default function `{function}()`.",
        "Use `autoincrement()`, `now()`, `uuid()`, `cuid()`, `ulid()`, `nanoid()` or `dbgenerated(\"…\")`.");

    public static Mistake FunctionArguments(string function, string takes) => new(
        "SL2328",
        $"`{function}()` takes {takes}.",
        $"Write `{function}()`, or give it what it takes.");

    public static Mistake EmptyMap() => new(
        "SL2329",
        "The argument `map` is an empty string.",
        "Give it a name, or remove it.");

    public static Mistake NamedDefault() => new(
        "SL2330",
        "PostgreSQL's defaults have no name of their own.",
        "Remove the argument `map`.");

    public static Mistake OnUnsupported(string field) => new(
        "SL2331",
        $"`{field}` has an unsupported type, so its default can only be an expression of the database.",
        "Write `@default(dbgenerated(\"…\"))`.");

    public static Mistake Auto() => new(
        "SL2332",
        "`auto()` belongs to MongoDB.",
        "Use `autoincrement()`, `uuid()` or `dbgenerated(\"…\")`.");

    public static Mistake Unreadable(string type, string found, string why) => new(
        "SL2333",
        $"`{found}` is not a valid default for `{type}`: {why}.",
        type switch
        {
            "DateTime" => "Write date, time and offset, for example \"2024-01-31T12:00:00+00:00\", or use `now()`.",
            "Bytes" => "Write the bytes in base64, for example \"aGVsbG8=\".",
            "Json" => "Write a JSON text; quotes inside it as `\\\"`.",
            _ => "Write digits, with a decimal point only where the type has fractions.",
        });

    public static Mistake InComposite(string type, string found) => new(
        "SL2334",
        $"Fields of the composite type `{type}` cannot have the default `{found}`.",
        "PostgreSQL has no composite types in this language: make it a model, or use `Json`.");
}
