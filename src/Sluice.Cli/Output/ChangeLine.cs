using System.Diagnostics;
using Sluice.Catalog;
using Sluice.Diff;

namespace Sluice.Cli.Output;

/// <summary>A change in words.</summary>
/// <param name="Sign">`+` added, `-` removed, `*` changed.</param>
/// <param name="Kind">What kind of object.</param>
/// <param name="Container">The table it belongs to, or the object itself.</param>
/// <param name="Text">After the sign: "column `age`".</param>
internal sealed record ChangeLine(char Sign, string Kind, ObjectName Container, string Text)
{
    /// <summary>True where the change is of the container itself rather than of a part of it.</summary>
    public bool IsWhole { get; init; }

    public static ChangeLine Of(Change change) => change switch
    {
        Change.Renamed c => Renamed(c.Rename),
        Change.SchemaAdded c => Whole('+', "schema", new ObjectName("", c.Name)),
        Change.SchemaRemoved c => Whole('-', "schema", new ObjectName("", c.Name)),
        Change.ExtensionRemoved c => Whole('-', "extension", new ObjectName("", c.Extension.Name)),
        Change.ExtensionAdded c => Whole('+', "extension", new ObjectName("", c.Extension.Name)),
        Change.ExtensionChanged c => Whole('*', "extension", new ObjectName("", c.To.Name)),
        Change.EnumAdded c => Whole('+', "enum", c.Enum.Name),
        Change.EnumRemoved c => Whole('-', "enum", c.Enum.Name),
        Change.EnumChanged c => Whole('*', "enum", c.To.Name) with { Text = $"enum `{c.To.Name.Name}`{Values("added", c.Added.Items)}{Values("removed", c.Removed.Items)}{(c.Reordered ? ", in another order" : "")}" },
        Change.TableAdded c => Whole('+', "table", c.Table.Name),
        Change.TableRemoved c => Whole('-', "table", c.Table.Name),
        Change.ColumnAdded c => new('+', "column", c.Table, $"column `{c.Column.Name}`"),
        Change.ColumnRemoved c => new('-', "column", c.Table, $"column `{c.Column.Name}`"),
        Change.ColumnChanged c => new('*', "column", c.Table, $"column `{c.To.Name}` ({ColumnWords.Difference(c)})"),
        Change.PrimaryKeyAdded c => new('+', "primary key", c.Table, $"primary key on ({Columns(c.Key.Columns.Items)})"),
        Change.PrimaryKeyRemoved c => new('-', "primary key", c.Table, $"primary key on ({Columns(c.Key.Columns.Items)})"),
        Change.PrimaryKeyChanged c => new('*', "primary key", c.Table, $"primary key: ({Columns(c.From.Columns.Items)}) → ({Columns(c.To.Columns.Items)})"),
        Change.PrimaryKeyRenamed c => new('*', "primary key", c.Table, $"primary key renamed: `{c.From.Name}` → `{c.To.Name}`"),
        Change.IndexAdded c => new('+', "index", c.Table, IndexText(c.Index)),
        Change.IndexRemoved c => new('-', "index", c.Table, IndexText(c.Index)),
        Change.IndexRenamed c => new('*', "index", c.Table, $"index renamed: `{c.From.Name}` → `{c.To.Name}`"),
        Change.ForeignKeyAdded c => new('+', "foreign key", c.Table, KeyText(c.Key)),
        Change.ForeignKeyRemoved c => new('-', "foreign key", c.Table, KeyText(c.Key)),
        Change.ForeignKeyRenamed c => new('*', "foreign key", c.Table, $"foreign key renamed: `{c.From.Name}` → `{c.To.Name}`"),
        Change.ObjectAdded c => OfObject('+', c.Object.Id),
        Change.ObjectRemoved c => OfObject('-', c.Object.Id),
        Change.ObjectChanged c => OfObject('*', c.To.Id),
        _ => throw new UnreachableException($"{change.GetType().Name} has no words"),
    };

    private static ChangeLine Renamed(Rename rename) => rename switch
    {
        Rename.Table r => Whole('*', "table", r.To) with { Text = $"table renamed: `{r.From.Name}` → `{r.To.Name}`" },
        Rename.Enum r => Whole('*', "enum", r.To) with { Text = $"enum renamed: `{r.From.Name}` → `{r.To.Name}`" },
        Rename.Sequence r => Whole('*', "sequence", r.To) with { Text = $"sequence renamed: `{r.From.Name}` → `{r.To.Name}`" },
        Rename.Column r => new('*', "column", r.Of, $"column renamed: `{r.From}` → `{r.To}`"),
        Rename.EnumValue r => Whole('*', "enum", r.Of) with { Text = $"enum `{r.Of.Name}`, value renamed: `{r.From}` → `{r.To}`" },
        _ => throw new UnreachableException($"{rename.GetType().Name} has no words"),
    };

    private static ChangeLine Whole(char sign, string kind, ObjectName name) => new(sign, kind, name, $"{kind} `{name.Name}`") { IsWhole = true };

    // Also the parts of a table, which their name says they are.
    private static ChangeLine OfObject(char sign, ObjectId id) =>
        new(sign, ObjectNames.Word(id.Kind), new ObjectName(id.Schema, id.Name), ObjectNames.Describe(id)) { IsWhole = true };

    private static string Values(string what, IReadOnlyCollection<string> values) =>
        values.Count == 0 ? "" : $", {what} {string.Join(", ", values.Select(v => $"`{v}`"))}";

    private static string IndexText(Sluice.Catalog.Index index) =>
        $"{(index.IsUnique ? "unique index" : "index")} `{index.Name}` on ({Columns(index.Columns.Items)})";

    private static string KeyText(ForeignKey key) =>
        $"foreign key `{key.Name}` on ({string.Join(", ", key.Columns.Items)}) → `{key.ReferencedTable.Name}`";

    private static string Columns(IEnumerable<IndexColumn> columns) => string.Join(", ", columns.Select(c => c.Name));
}
