using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sluice.Catalog;
using static Sluice.Postgres.Online.Spelling;

namespace Sluice.Postgres.Online;

/// <summary>
/// What keeps the two versions of a row the same while both are written. Who wrote shows in the values: an UPDATE changes its
/// own side, and an INSERT of the version before leaves the new columns empty. Only where that is not enough, the search path decides.
/// </summary>
internal static class TriggerSql
{
    // Triggers fire in the order of their names: this one last, so that it sees what the table's own have written.
    private static readonly string[] Writers = ["old", "new"];

    /// <summary>What a cast goes by in each client's session must not decide what is in the other version.</summary>
    public static readonly ImmutableArray<(string Name, string Value)> Settings =
        [("TimeZone", "'UTC'"), ("DateStyle", "'ISO, MDY'"), ("IntervalStyle", "'postgres'"), ("bytea_output", "'hex'"), ("extra_float_digits", "1")];

    public static ObjectName Function(VersionPlan plan, TableVersions table) =>
        new(plan.Schema, string.Create(CultureInfo.InvariantCulture, $"sluice_sync_{table.Ordinal}"));

    public static IEnumerable<string> Names => Writers.Select(w => $"~sluice_{w}");

    /// <summary>Two, one for each search path: the function itself has one of its own, and cannot ask for the client's. What a replica's stream writes must agree too.</summary>
    public static IEnumerable<string> Create(VersionPlan plan, TableVersions table) => Writers.SelectMany(writer => new[]
    {
        $"CREATE TRIGGER {Quote("~sluice_" + writer)} BEFORE INSERT OR UPDATE ON {Quote(table.Old)} FOR EACH ROW"
            + $" WHEN ({(writer == "old" ? "NOT " : "")}({Literal(plan.Schema)}::name = ANY (pg_catalog.current_schemas(false))))"
            + $" EXECUTE FUNCTION {Quote(Function(plan, table))}({Literal(writer)})",
        $"ALTER TABLE {Quote(table.Old)} ENABLE ALWAYS TRIGGER {Quote("~sluice_" + writer)}",
    });

    /// <summary>While only clients of the version before write: the new side follows the old one.</summary>
    public static string OneWay(VersionPlan plan, TableVersions table) => Body(plan, table, Writing(table.Forward, new RowSql(table), forward: true));

    /// <summary>Once both write.</summary>
    public static string BothWays(VersionPlan plan, TableVersions table)
    {
        var row = new RowSql(table);
        return Body(plan, table, string.Concat(table.Groups.Select(g => Group(g, row))));
    }

    /// <summary>
    /// Both ways once over a row of its own: the server looks at names in a function when it runs, and that would be under
    /// a client's write. What such a row holds may well be refused; only names and types must be right.
    /// </summary>
    public static string Fired(VersionPlan plan, TableVersions table)
    {
        var (name, function) = (Quote("sluice_fired"), Quote(Function(plan, table)));
        var writes = Writers.SelectMany(w => new[]
        {
            $"CREATE TRIGGER fired BEFORE INSERT OR UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION {function}({Literal(w)});\n",
            Refusable($"INSERT INTO {name} DEFAULT VALUES;"),
            $"ALTER TABLE {name} DISABLE TRIGGER fired; INSERT INTO {name} DEFAULT VALUES; ALTER TABLE {name} ENABLE TRIGGER fired;\n",
            Refusable($"UPDATE {name} SET {string.Join(", ", table.Columns.Where(c => c.Old is not null).Take(1).Select(c => $"{Quote(c.Old!)} = {Quote(c.Old!)}"))};"),
            $"DROP TRIGGER fired ON {name};\n",
        });
        return $"CREATE TEMPORARY TABLE {name} AS SELECT * FROM {Quote(table.Old)} WITH NO DATA;\n"
            + string.Concat(writes)
            + $"DROP TABLE {name};";

        static string Refusable(string statement) => "DO " + Literal($"BEGIN {statement} EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN NULL; END") + ";\n";
    }

    private static string Group(ColumnGroup group, RowSql row)
    {
        var forward = Writing(group.Forward, row, forward: true);
        var back = Writing(group.Back, row, forward: false);
        var given = string.Concat(group.Forward.Select(c => $" OR NEW.{Quote(c.Physical)} IS NOT NULL"));
        // Nobody reaches the old columns through a view: a value there came by the table itself, whatever the search path.
        var held = string.Concat(group.Back.Where(c => c.Sequence is null).Select(c => $" OR {Held(c)}"));
        var made = string.Concat(group.Forward.Where(c => c.Sequence is not null).Select(c => $"IF NEW.{Quote(c.Physical)} IS NULL THEN NEW.{Quote(c.Physical)} := {row.Forward(c, "NEW")}; END IF;\n"));
        return $"""
            IF TG_OP = 'INSERT' THEN
            IF false{given} OR (TG_ARGV[0] = 'new' AND NOT (false{held})) THEN
            {made}{back}ELSE
            {forward}END IF;
            ELSE
            by_new := {Changed(group.Forward.Select(c => c.Physical))}{Told(group.Back, c => c.Back, (c, r) => row.Back(c, r), "new")};
            by_old := {Changed(group.Back.Select(c => c.Old!))}{Told(group.Forward, c => c.Forward, (c, r) => row.Forward(c, r), "old")};
            IF by_new AND (TG_ARGV[0] = 'new' OR NOT by_old) THEN
            {back}ELSIF by_old THEN
            {forward}END IF;
            END IF;

            """;
    }

    // A sequence is not asked: it would go on.
    private static string Held(ColumnVersions column) => $"(NEW.{Quote(column.Old!)} IS NOT NULL"
        + (column.OldDefault is not { } usual || usual.Contains("nextval(", StringComparison.OrdinalIgnoreCase) ? ")" : $" AND {RowSql.Differ([$"NEW.{Quote(column.Old!)}"], [$"({usual})::{column.OldType}"])})");

    private static string Changed(IEnumerable<string> columns)
    {
        var names = columns.ToList();
        return names.Count == 0 ? "false" : RowSql.Differ(names.Select(n => $"NEW.{Quote(n)}"), names.Select(n => $"OLD.{Quote(n)}"));
    }

    // An expression may look at columns that both versions have; a cast looks at its own.
    private static string Told(IReadOnlyCollection<ColumnVersions> columns, Func<ColumnVersions, string?> given, Func<ColumnVersions, string, string> value, string writer) =>
        !columns.Any(c => given(c) is not null) ? ""
        : $" OR (TG_ARGV[0] = '{writer}' AND {RowSql.Differ(columns.Select(c => value(c, "NEW")), columns.Select(c => value(c, "OLD")))})";

    private static string Writing(IEnumerable<ColumnVersions> columns, RowSql row, bool forward)
    {
        var text = new StringBuilder();
        foreach (var column in columns)
        {
            text.Append(CultureInfo.InvariantCulture, $"NEW.{Quote(forward ? column.Physical : column.Old!)} := {(forward ? row.Forward(column, "NEW") : row.Back(column, "NEW"))};\n");
        }

        // When all of them are written: an expression may look at several.
        return text.AppendJoin("", forward ? [] : columns.Where(c => c.IsDouble).Select(row.Refusal)).ToString();
    }

    private static string Body(VersionPlan plan, TableVersions table, string statements)
    {
        // Names in a person's expression are columns, whatever plpgsql calls its own.
        var body = $"#variable_conflict use_column\nDECLARE\nby_new boolean;\nby_old boolean;\nBEGIN\n{statements}RETURN NEW;\nEND";
        return $"CREATE OR REPLACE FUNCTION {Quote(Function(plan, table))}() RETURNS trigger LANGUAGE plpgsql SET search_path = {Quote(plan.Base)}, pg_temp{(table.Forward.Any(IsSpelled) ? string.Concat(Settings.Select(s => $" SET {s.Name} = {s.Value}")) : "")} AS {Literal(body)}";
    }

    // Each setting costs a moment for each row; numbers and texts need none of them.
    private static bool IsSpelled(ColumnVersions column) => column.Forward is not null || column.Back is not null || !IsPlain(column.OldType) || !IsPlain(column.NewType);

    private static bool IsPlain(string type) => type is "smallint" or "integer" or "bigint" or "text" or "uuid" or "boolean" || type.StartsWith("character varying", StringComparison.Ordinal);
}
