using Sluice.Diagnostics;
using Sluice.Model.Binding;
using Sluice.Model.Relations;
using Sluice.Syntax;

namespace Sluice.Model.Mistakes;

/// <summary>SL263x and SL264x: the two sides of a relation and what they refer to.</summary>
internal static class RelationRuleMistakes
{
    public static Mistake OtherSideMissing(RelationFieldBinding field) => new(
        "SL2630",
        $"`{field.Entity.Name}.{field.Name}` has no other side: no field of `{field.Target.Name}` refers back to `{field.Entity.Name}`"
            + (field.Attribute?.Name is { } name ? $" under the name `{name}`." : "."),
        $"Add to `{field.Target.Name}`: `{OtherSide(field)}`"
            + (field.Arity is FieldArity.List ? ", with the scalar field it names." : $"; `{field.Entity.Name}?` makes it one-to-one."));

    public static Mistake ReferencesNotUnique(string target, IReadOnlyList<ScalarFieldBinding> references) => new(
        "SL2631",
        $"`references` names {Names(references)}, by which no row of `{target}` is found: they are neither its key nor unique.",
        references.Count == 1
            ? $"Mark `{references[0].Name}` in `{target}` as `@unique`, or refer to its `@id`."
            : $"Add `@@unique([{List(references)}])` to `{target}`, or refer to its key.");

    public static Mistake DifferentLengths(int fields, int references) => new(
        "SL2632",
        $"`fields` names {fields} and `references` {references}, but each field refers to exactly one.",
        "Name as many in the one as in the other, in the same order.");

    public static Mistake MustBeOptional(string field, string target, IReadOnlyList<string> optional) => new(
        "SL2633",
        $"`{field}` is required, but its fields can be null: {string.Join(", ", optional.Select(o => $"`{o}`"))}.",
        $"Write `{field} {target}?`, or remove the `?` from those fields.");

    public static Mistake DifferentTypes(ScalarFieldBinding field, ScalarFieldBinding target, bool isWarning) => new(
        "SL2634",
        $"`{field.Entity.Name}.{field.Name}` is of the type `{field.Syntax.Type.Name}`, but refers to "
            + $"`{target.Entity.Name}.{target.Name}` of the type `{target.Syntax.Type.Name}`"
            + (isWarning ? ": PostgreSQL compares the two, but not every value of one is one of the other." : "."),
        "Give both the same type.",
        isWarning ? Severity.Warning : Severity.Error);

    public static Mistake SetNullOnRequired(string argument, bool isWarning) => new(
        "SL2635",
        $"`{argument}: SetNull` sets fields to null, but some of them are required"
            + (isWarning ? ": the action will fail when it happens." : "."),
        "Choose another action, or make the fields and the relation field optional.",
        isWarning ? Severity.Warning : Severity.Error);

    public static Mistake Cycle(RelationBinding relation) => new(
        "SL2636",
        relation.From == relation.To
            ? $"`{relation.From.Name}` refers to itself and passes changes on, which with `relationMode = \"prisma\"` may never end."
            : $"From `{relation.From.Name}` through `{relation.Forward!.Name}`, changes are passed on in a circle, "
                + "which with `relationMode = \"prisma\"` may never end.",
        "Write `onDelete: Restrict, onUpdate: Restrict` on one relation of the circle.");

    public static Mistake ArgumentMissing(RelationFieldBinding field, string argument) => new(
        "SL2637",
        $"`{field.Entity.Name}.{field.Name}` does not say by `{argument}` how it refers to `{field.Target.Name}`.",
        $"Write `@relation({Reference(field.Name, field.Target)})`, where `fields` are the scalar fields that hold the reference.");

    public static Mistake OnWrongSide(RelationFieldBinding field, RelationFieldBinding holder, string arguments) => new(
        "SL2638",
        $"{arguments} stand on `{field.Entity.Name}.{field.Name}`, but `{holder.Entity.Name}.{holder.Name}` holds the reference.",
        $"Move them to `{holder.Entity.Name}.{holder.Name}`.");

    public static Mistake ArgumentOnNeitherSide(RelationFieldBinding field, RelationFieldBinding other, string argument) => new(
        "SL2639",
        $"Neither `{field.Entity.Name}.{field.Name}` nor `{other.Entity.Name}.{other.Name}` has `{argument}`, "
            + "so it is not clear which of them holds the reference.",
        "Write `@relation(fields: […], references: […])` on one of the two.");

    public static Mistake ArgumentOnBothSides(RelationFieldBinding field, RelationFieldBinding other, string argument) => new(
        "SL2640",
        $"Both `{field.Entity.Name}.{field.Name}` and `{other.Entity.Name}.{other.Name}` have `{argument}`, but one side holds the reference.",
        "Remove it from one of the two.");

    public static Mistake ArgumentsApart(RelationFieldBinding field, RelationFieldBinding other) => new(
        "SL2641",
        $"`fields` and `references` stand apart, on `{field.Entity.Name}.{field.Name}` and `{other.Entity.Name}.{other.Name}`.",
        "Write both on the side that holds the reference.");

    public static Mistake BackMustBeOptional(RelationFieldBinding field) => new(
        "SL2642",
        $"`{field.Entity.Name}.{field.Name}` is required, but no database can ensure that something refers back.",
        $"Write `{field.Name} {field.Target.Name}?`.");

    public static Mistake OnOptionalSide(RelationFieldBinding field, RelationFieldBinding required) => new(
        "SL2643",
        $"`{field.Entity.Name}.{field.Name}` holds the reference but is optional, while `{required.Entity.Name}.{required.Name}` is required.",
        $"Move `fields` and `references` to `{required.Entity.Name}.{required.Name}`, or make that field optional.");

    public static Mistake OneToOneNotUnique(string entity, IReadOnlyList<ScalarFieldBinding> fields) => new(
        "SL2644",
        $"The relation is one-to-one, but several rows of `{entity}` can have the same {Names(fields)}.",
        (fields.Count == 1 ? $"Mark `{fields[0].Name}` as `@unique`" : $"Add `@@unique([{List(fields)}])`")
            + ", or make the other side a list.");

    public static Mistake ManyToManyEmbedded() => new(
        "SL2645",
        "`fields` and `references` stand on a many-to-many relation, which only MongoDB has.",
        "Remove them, then a table between the two is made by itself; or write that table as a model.");

    public static Mistake ManyToManyWithView() => new(
        "SL2646",
        "A many-to-many relation needs a table between its sides, which cannot refer to a view.",
        "Relate the models instead, or write the table between them as a model.");

    public static Mistake ManyToManyWithoutId(RelationFieldBinding field) => new(
        "SL2647",
        $"`{field.Entity.Name}.{field.Name}` is many-to-many, but `{field.Target.Name}` has no key of a single field to refer to.",
        $"Give `{field.Target.Name}` an `@id`, or write the table between the two as a model.");

    public static Mistake ManyToManyReferences(RelationFieldBinding field, string id) => new(
        "SL2648",
        $"`{field.Entity.Name}.{field.Name}` is many-to-many, so it can only refer to the key of `{field.Target.Name}`, `{id}`.",
        "Remove `references`, or write the table between the two as a model.");

    public static Mistake ManyToManyAction(string field) => new(
        "SL2649",
        $"`{field}` is many-to-many without a model for the table between, so its actions cannot be chosen.",
        "Remove `onDelete` and `onUpdate`, or write the table between the two as a model.");

    public static Mistake ManyToManyArgument(string field) => new(
        "SL2650",
        $"`{field}` is many-to-many, which takes no `references`.",
        "Remove it, or make one of the sides single.");

    public static Mistake ReferencesInOtherOrder(string target, IReadOnlyList<ScalarFieldBinding> references) => new(
        "SL2651",
        $"`references` names the fields of a key or unique of `{target}` in another order: {Names(references)}.",
        "Name them in the order of the key; or add `datasource db { provider = \"postgresql\" }`, which does not mind.");

    /// <summary>A line that would complete the relation.</summary>
    private static string OtherSide(RelationFieldBinding field)
    {
        var entity = field.Entity.Name;
        var name = char.ToLowerInvariant(entity[0]) + entity[1..];
        var relation = field.Attribute?.Name is { } written ? $"\"{written}\"" : null;
        if (field.Arity is FieldArity.List)
        {
            var arguments = string.Join(", ", new[] { relation, Reference(name, field.Entity) }.OfType<string>());
            return $"{name} {entity} @relation({arguments})";
        }

        return $"{name}s {entity}[]" + (relation is null ? "" : $" @relation({relation})");
    }

    private static string Reference(string field, EntityBinding target)
    {
        var key = target.UniqueCriteria.FirstOrDefault(c => c.Count > 0)?.Select(f => f.Field.Name).ToList() ?? ["id"];
        var own = key.Select(k => field + char.ToUpperInvariant(k[0]) + k[1..]);
        return $"fields: [{string.Join(", ", own)}], references: [{string.Join(", ", key)}]";
    }

    private static string Names(IReadOnlyList<ScalarFieldBinding> fields) => string.Join(", ", fields.Select(f => $"`{f.Name}`"));

    private static string List(IReadOnlyList<ScalarFieldBinding> fields) => string.Join(", ", fields.Select(f => f.Name));
}
