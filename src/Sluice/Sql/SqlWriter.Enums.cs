using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Plan;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Sql;

public static partial class SqlWriter
{
    private const string SeveralValues = """
        -- This migration adds more than one value to an enum.
        -- With PostgreSQL versions 11 and earlier, this is not possible
        -- in a single migration. This can be worked around by creating
        -- multiple migrations, each migration adding only one value to
        -- the enum.



        """;

    private static string CreateEnum(string name, EnumType type) =>
        $"CREATE TYPE {name} AS ENUM ({string.Join(", ", type.Values.Items.Select(SqlNames.Literal))})";

    private static ImmutableArray<string> AddValues(PlanStep.AddEnumValues step, SqlNames names)
    {
        if (names.Exact)
        {
            return [.. step.Order.Items.Index().Where(v => step.Values.Items.Contains(v.Item)).Select(v => AddInPlace(step, v.Item, v.Index, names))];
        }

        var statements = step.Values.Items.Select(v => $"ALTER TYPE {names.Of(step.From.Name)} ADD VALUE {SqlNames.Literal(v)}").ToArray();
        if (statements.Length > 1)
        {
            statements[0] = SeveralValues.ReplaceLineEndings("\n") + statements[0];
        }

        return [.. statements];
    }

    // In order: what stands before a value is there by then.
    private static string AddInPlace(PlanStep.AddEnumValues step, string value, int index, SqlNames names)
    {
        var place = (index, step.From.Values.Items) switch
        {
            ( > 0, _) => $" AFTER {SqlNames.Literal(step.Order[index - 1])}",
            (_, [var first, ..]) => $" BEFORE {SqlNames.Literal(first)}",
            _ => "",
        };
        return $"ALTER TYPE {names.Of(step.From.Name)} ADD VALUE {SqlNames.Literal(value)}{place}";
    }

    private static ImmutableArray<string> Recreate(PlanStep.RecreateEnum step, SqlNames names)
    {
        var made = step.To.Name with { Name = step.To.Name.Name + "_new" };
        var old = step.From.Name with { Name = step.From.Name.Name + "_old" };
        return
        [
            "BEGIN",
            CreateEnum(names.Of(made), step.To),
            .. step.DroppedDefaults.Items.Select(d => $"ALTER TABLE {names.OfDropped(d.Table)} ALTER COLUMN {SqlNames.Quote(d.Column.Name)} DROP DEFAULT"),
            .. step.Released.Items.Select(d => Retype(d, "TEXT", names)),
            .. step.Columns.Items.Select(d => Retype(d, names.Of(made), names)),
            $"ALTER TYPE {names.Of(step.From.Name)} RENAME TO {SqlNames.Quote(old.Name)}",
            $"ALTER TYPE {names.Of(made)} RENAME TO {SqlNames.Quote(step.To.Name.Name)}",
            $"DROP TYPE {names.OfDropped(old)}",
            .. step.RestoredDefaults.Items.Select(d => $"ALTER TABLE {names.Of(d.Table)} ALTER COLUMN {SqlNames.Quote(d.Column.Name)} SET DEFAULT {SqlDefaults.Write(d.Column, names)}"),
            "COMMIT",
        ];
    }

    private static string Retype(TableColumn place, string type, SqlNames names)
    {
        var column = SqlNames.Quote(place.Column.Name);
        var list = place.Column.Arity is FieldArity.List ? "[]" : "";
        // The intermediate cast to text carries the value's label from one type to the other.
        return $"ALTER TABLE {names.Of(place.Table)} ALTER COLUMN {column} TYPE {type}{list} USING ({column}::text{(type is "TEXT" ? list : $"::{type}{list}")})";
    }
}
