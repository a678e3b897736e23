using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL235x: `@db.X` and `Unsupported("…")`.</summary>
internal static class NativeTypeMistakes
{
    public static Mistake WrongPrefix(string prefix, string datasource, string type) => new(
        "SL2350",
        $"`@{prefix}.{type}` names no datasource of this schema; the datasource is called `{datasource}`.",
        $"Write `@{datasource}.{type}`.");

    public static Mistake Unknown(string type, string? similar) => new(
        "SL2351",
        $"There is no PostgreSQL type `{type}` in this language.",
        similar is null ? "A type without a name here is written `Unsupported(\"…\")`." : $"Did you mean `{similar}`?");

    public static Mistake TooMany(string type, string takes, int found) => new(
        "SL2352",
        $"The type `{type}` takes {takes}, but {found} are given.",
        "Remove those that are too many.");

    public static Mistake WrongScalar(string type, string scalar, string expected) => new(
        "SL2353",
        $"The type `{type}` stores `{expected}`, but the field is `{scalar}`.",
        $"Make the field `{expected}`, or choose a type for `{scalar}`.");

    public static Mistake NotNumbers(string type, string takes, string found) => new(
        "SL2354",
        $"The type `{type}` takes {takes}, but found `{found}`.",
        "Write whole numbers without a sign or quotes.");

    public static Mistake OutOfRange(string type, string range) => new(
        "SL2355",
        $"The argument of `{type}` is out of range: {range}.",
        "Choose a number within it.");

    public static Mistake ScaleAbovePrecision(string type) => new(
        "SL2356",
        $"`{type}` has more digits after the point than in all.",
        "The first number counts all digits, the second those after the point; write the larger one first.");

    public static Mistake Repeated(string prefix) => new(
        "SL2357",
        $"The field has more than one `@{prefix}.…` type.",
        "Keep one.");

    public static Mistake NeedsDatasource(string type) => new(
        "SL2358",
        $"`{type}` is a type of a database, but this schema names no database.",
        "Add `datasource db { provider = \"postgresql\" }`.");

    public static Mistake Supported(string text, string scalar, string attribute) => new(
        "SL2359",
        $"`Unsupported(\"{text}\")` is a type that this language knows.",
        $"Write `{scalar} {attribute}`.");
}
