using Sluice.Diagnostics;
using Sluice.Model.Binding;
using Sluice.Model.Indexes;
using Sluice.Syntax;

namespace Sluice.Model.Mistakes;

/// <summary>SL255x: index types, operator classes and the types of fields they take.</summary>
internal static class OperatorClassMistakes
{
    public static Mistake Unknown(string found) => new(
        "SL2550",
        $"There is no operator class `{found}`.",
        Spelling.Nearest(found, OperatorClass.Names) is { } near
            ? $"Did you mean `{near}`?"
            : $"A class without a name here is written as PostgreSQL calls it: `ops: raw(\"{found}\")`.");

    public static Mistake WrongKind(string found) => new(
        "SL2551",
        $"`ops` expects an operator class, but found `{found}`.",
        "Write a name such as `JsonbPathOps`, or PostgreSQL's own: `raw(\"gin_trgm_ops\")`.");

    public static Mistake OnlyInPlainIndexes(string attribute) => new(
        "SL2552",
        $"`{attribute}` has an operator class, but only `@@index` takes them.",
        "Remove `ops`.");

    public static Mistake WrongIndexType(OperatorClass named, IndexType type) => new(
        "SL2553",
        $"The operator class `{named.Name}` does not belong to indexes of the type {type}.",
        $"Write `type: {string.Join("` or `type: ", named.Types)}`, or remove `ops`.");

    public static Mistake WrongField(OperatorClass named, IndexType type, ScalarFieldBinding field) => new(
        "SL2554",
        $"The operator class `{named.Name}` does not take the field `{field.Name}`, whose type is {Describe(field)}.",
        Suggest(type, field));

    public static Mistake NoDefault(IndexType type, ScalarFieldBinding field) => new(
        "SL2555",
        $"An index of the type {type} has no default operator class for the field `{field.Name}`, whose type is {Describe(field)}"
            + (type is IndexType.Gin or IndexType.Gist ? $", unless an extension such as btree_{type.ToString().ToLowerInvariant()} brings one." : "."),
        Suggest(type, field),
        type is IndexType.Gin or IndexType.Gist ? Severity.Warning : Severity.Error);

    public static Mistake SpGistTakesOneField() => new(
        "SL2556",
        "An index of the type SpGist takes exactly one field.",
        "Write an index for each field.");

    public static Mistake Xml(string field, string attribute) => new(
        "SL2557",
        $"The field `{field}` is of the type Xml, which PostgreSQL cannot index, but stands in `{attribute}`.",
        "Leave it out, or store the text as `@db.Text`.");

    private static string Suggest(IndexType type, ScalarFieldBinding field)
    {
        var classes = OperatorClass.For(type, field).Select(c => $"`ops: {c.Name}`").ToList();
        return classes.Count == 0
            ? $"Choose another index type, or name a class of your database: `{field.Name}(ops: raw(\"…\"))`."
            : $"Write one of {string.Join(", ", classes)}, or name another class of your database: `ops: raw(\"…\")`.";
    }

    private static string Describe(ScalarFieldBinding field)
    {
        var native = field.HasNativeAttribute ? $" ({field.NativeType!.Kind})" : "";
        return $"`{field.Syntax.Type.Name}{(field.Arity is FieldArity.List ? "[]" : "")}`{native}";
    }
}
