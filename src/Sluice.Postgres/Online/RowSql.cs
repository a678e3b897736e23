using System.Text.RegularExpressions;
using static Sluice.Postgres.Online.Spelling;

namespace Sluice.Postgres.Online;

/// <summary>
/// The values of one version told by the other's, of a row that SQL calls <c>NEW</c>, <c>OLD</c> or by an alias. A person's
/// expression sees the columns under their names in its version, and the table under its name there.
/// </summary>
internal sealed partial class RowSql(TableVersions table)
{
    /// <param name="stored">As it is once it is in its column; otherwise as it is to be assigned, which refuses what does not fit.</param>
    public string Forward(ColumnVersions column, string row, bool stored = false) => column.Forward is { } given
        ? $"(SELECT {Cast(column, $"({given}\n)", To(column.NewType, stored))} FROM (SELECT {OldColumns(row)}) AS {Quote(table.Old.Name)})"
        : Cast(column, $"{row}.{Quote(column.Old!)}", To(column.NewType, stored));

    public string Back(ColumnVersions column, string row, bool stored = false) => column.Back is { } given
        ? $"(SELECT {Cast(column, $"({given}\n)", To(column.OldType, stored))} FROM (SELECT {NewColumns(row)}) AS {Quote(table.New.Name)})"
        : Cast(column, $"{row}.{Quote(column.Physical)}", To(column.OldType, stored));

    /// <summary>
    /// Refuses a value that the old column would keep as another one. Nobody has said how it goes back, so a cast does,
    /// and casts cut and round.
    /// </summary>
    public string Refusal(ColumnVersions column)
    {
        var value = $"NEW.{Quote(column.Physical)}";
        return column.Back is not null || (column.Forward is null && IsInteger(column.OldType) && IsInteger(column.NewType)) ? "" : $"""
            IF {value} IS NOT NULL AND ({Comparable(Forward(column, "NEW", stored: true), column.NewType)}) IS DISTINCT FROM {Comparable(value, column.NewType)} THEN
            RAISE EXCEPTION USING ERRCODE = '22001', MESSAGE = {Literal($"the value of \"{column.New}\" does not fit the version of the table that is still served beside this one")},
            HINT = {Literal($"Its old column is {column.OldType}. Until the online change is completed a value must fit both versions, unless it was begun with --back for this column.")}, COLUMN = {Literal(column.New!)};
            END IF;

            """;
    }

    /// <summary>Written into the table itself, whose columns have the old version's names.</summary>
    public static string Assignment(ColumnVersions column) =>
        $"{Quote(column.Physical)} = {Cast(column, column.Forward is { } given ? $"({given}\n)" : Quote(column.Old!), To(column.NewType, stored: false))}";

    /// <summary>True where the two sides are not byte for byte the same; `=` would call 'A' and 'a' of a citext equal, and json has none.</summary>
    public static string Differ(IEnumerable<string> left, IEnumerable<string> right) =>
        $"pg_catalog.record_image_ne(ROW({string.Join(", ", left)}), ROW({string.Join(", ", right)}))";

    /// <summary>Whether a row exists whose new side is not what its old side makes; or, once both versions write, nor the old what the new makes.</summary>
    public string Disagrees(bool bothWrite)
    {
        const string Row = "\"sluice_row\"";
        var groups = table.Groups.Where(g => !g.Forward.IsEmpty && (!bothWrite || !g.Back.IsEmpty)).Select(g =>
            Differ(g.Forward.Select(c => $"{Row}.{Quote(c.Physical)}"), g.Forward.Select(c => Forward(c, Row, stored: true)))
            + (bothWrite ? " AND " + Differ(g.Back.Select(c => $"{Row}.{Quote(c.Old!)}"), g.Back.Select(c => Back(c, Row, stored: true))) : ""));
        return $"SELECT EXISTS (SELECT FROM {Quote(table.Old)} AS {Row} WHERE {string.Join("\n    OR ", groups.DefaultIfEmpty("false"))})";
    }

    private string OldColumns(string row) =>
        string.Join(", ", table.Columns.Where(c => c.Old is not null).Select(c => $"{row}.{Quote(c.Old!)} AS {Quote(c.Old!)}"));

    private string NewColumns(string row) =>
        string.Join(", ", table.Columns.Where(c => c.New is not null).Select(c => $"{row}.{Quote(c.Physical)} AS {Quote(c.New!)}"));

    // An explicit cast to a length cuts what is too long; without it, the assignment says so. Two names mean something else without a length.
    private static string To(string type, bool stored)
    {
        if (stored || type.Contains('"', StringComparison.Ordinal))
        {
            return type;
        }

        var free = Length().Replace(type, "");
        return free.Length == type.Length ? type
            : free.StartsWith("character", StringComparison.Ordinal) && !free.StartsWith("character varying", StringComparison.Ordinal) ? "pg_catalog.bpchar" + free["character".Length..]
            : free.StartsWith("bit", StringComparison.Ordinal) && !free.StartsWith("bit varying", StringComparison.Ordinal) ? "pg_catalog.\"bit\"" + free["bit".Length..]
            : free;
    }

    private static bool IsInteger(string type) => type is "smallint" or "integer" or "bigint";

    // Those that have no `=`, or one that means something else.
    private static string Comparable(string value, string type) => type switch
    {
        "json" => $"{value}::jsonb",
        "xml" or "point" or "line" or "lseg" or "box" or "path" or "polygon" or "circle" => $"{value}::text",
        _ => value,
    };

    [GeneratedRegex(@"\(\d+(,-?\d+)?\)")]
    private static partial Regex Length();

    // An array of labels by an array of texts.
    private static string Cast(ColumnVersions column, string value, string type) =>
        column.ByText ? $"{value}::text{(type.EndsWith("[]", StringComparison.Ordinal) ? "[]" : "")}::{type}" : $"{value}::{type}";
}
