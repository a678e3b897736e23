using System.Collections.Immutable;
using System.Diagnostics;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Sql;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Diagram;

/// <summary>A database as boxes and edges.</summary>
public static class SketchBuilder
{
    private const int Padding = 10;
    private const int Between = 14;

    /// <param name="keysOnly">Draws the columns of keys alone.</param>
    public static Sketch Build(Database database, Comments comments, bool keysOnly = false)
    {
        var hasGroups = database.Tables.Select(t => t.Name.Schema).Distinct().Skip(1).Any();
        var severalSchemas = HasSeveralSchemas(database);
        var referenced = database.Tables.SelectMany(t => t.ForeignKeys).SelectMany(k => k.ReferencedColumns.Select(c => (k.ReferencedTable, c))).ToHashSet();
        var boxes = ImmutableArray.CreateBuilder<Box>();
        foreach (var table in database.Tables)
        {
            var columns = table.Columns.Where(c => !keysOnly || IsKey(table, c.Name) || referenced.Contains((table.Name, c.Name)));
            boxes.Add(Sized(BoxKind.Table, table.Name, columns.Select(c => Row(table.Name, c, MarksOf(table, c.Name)))));
        }

        foreach (var view in database.Views)
        {
            boxes.Add(Sized(BoxKind.View, view.Name, keysOnly ? [] : view.Columns.Select(c => Row(view.Name, c, ""))));
        }

        foreach (var type in database.Enums.Where(_ => !keysOnly))
        {
            boxes.Add(Sized(BoxKind.Enum, type.Name, type.Values.Select(v => new Row(v, "", "", comments.On(type.Name, v)))));
        }

        return new Sketch(boxes.ToImmutable(), Edges(database, boxes)) { HasGroups = hasGroups };

        Box Sized(BoxKind kind, ObjectName name, IEnumerable<Row> rows)
        {
            EquatableArray<Row> all = [.. rows];
            var title = TextWidths.Of(name.Name, DiagramStyle.TitleSize, bold: true) + (kind is BoxKind.Table ? 0 : Between + TextWidths.Of(DiagramStyle.Word(kind), DiagramStyle.MarkSize));
            var marks = all.Select(r => MarksWidth(r.Marks)).DefaultIfEmpty().Max();
            var body = all.Select(r => TextWidths.Of(r.Name, DiagramStyle.RowSize) + (r.Type.Length == 0 ? 0 : Between + TextWidths.Of(r.Type, DiagramStyle.TypeSize))).DefaultIfEmpty().Max();
            return new Box(kind, name, Label(name, severalSchemas), comments.On(name), all, (2 * Padding) + Math.Max(title, marks + body));
        }

        Row Row(ObjectName of, Column column, string marks) => new(column.Name, TypeOf(column), marks, comments.On(of, column.Name));
    }

    /// <summary>Then everything is called with its schema: two tables, views or enums may have one name.</summary>
    public static bool HasSeveralSchemas(Database database) =>
        database.Tables.Select(t => t.Name).Concat(database.Views.Select(v => v.Name)).Concat(database.Enums.Select(e => e.Name)).Select(n => n.Schema).Distinct().Skip(1).Any();

    public static string Label(ObjectName name, bool withSchema) => withSchema ? $"{name.Schema}.{name.Name}" : name.Name;

    internal static int MarksWidth(string marks) => marks.Length == 0 ? 0 : TextWidths.Of(marks, DiagramStyle.MarkSize, bold: true) + 6;

    /// <summary>As PostgreSQL calls it, with `?` where the column takes NULL.</summary>
    public static string TypeOf(Column column) => TypeName(column) + (column.Arity is FieldArity.Optional ? "?" : "");

    public static string TypeName(Column column)
    {
        var type = column.Type switch
        {
            ColumnType.Native { Type: var native } => SqlTypes.Write(native).ToLowerInvariant(),
            ColumnType.Enum { Name: var name } => name.Name,
            ColumnType.Unsupported { Text: var text } => text,
            _ => throw new UnreachableException(column.Type.GetType().Name),
        };
        return column.Arity is FieldArity.List ? type + "[]" : type;
    }

    public static string MarksOf(Table table, string column) => string.Join(' ', new[]
    {
        table.PrimaryKey?.Columns.Any(c => c.Name == column) is true ? "PK" : "",
        table.ForeignKeys.Any(k => k.Columns.Contains(column)) ? "FK" : "",
        table.Indexes.Any(i => i is { IsUnique: true, Where: null, Columns: [var only] } && only.Name == column) ? "U" : "",
    }.Where(m => m.Length > 0));

    /// <summary>At most one row of the table references each row of the other.</summary>
    public static bool IsUnique(Table table, ForeignKey key)
    {
        return (table.PrimaryKey is { } primary && IsWithin(primary.Columns)) || table.Indexes.Any(i => i is { IsUnique: true, Where: null } && IsWithin(i.Columns));

        bool IsWithin(EquatableArray<IndexColumn> columns) => columns.Count > 0 && columns.All(c => key.Columns.Contains(c.Name));
    }

    public static string ActionWords(ReferentialAction action) => action switch
    {
        ReferentialAction.NoAction => "no action",
        ReferentialAction.Restrict => "restrict",
        ReferentialAction.Cascade => "cascade",
        ReferentialAction.SetNull => "set null",
        ReferentialAction.SetDefault => "set default",
        _ => throw new UnreachableException(action.ToString()),
    };

    private static bool IsKey(Table table, string column) =>
        table.PrimaryKey?.Columns.Any(c => c.Name == column) is true || table.ForeignKeys.Any(k => k.Columns.Contains(column));

    // What a key references may be out of sight: another schema's table.
    private static ImmutableArray<Edge> Edges(Database database, ImmutableArray<Box>.Builder boxes)
    {
        var places = boxes.Index().Where(b => b.Item.Kind is BoxKind.Table).ToDictionary(b => b.Item.Name, b => b.Index);
        return
        [
            .. from table in database.Tables
               from key in table.ForeignKeys
               where places.ContainsKey(key.ReferencedTable)
               let @from = places[table.Name]
               let to = places[key.ReferencedTable]
               select new Edge(
                   key.Name,
                   @from,
                   RowOf(boxes[@from], key.Columns),
                   to,
                   RowOf(boxes[to], key.ReferencedColumns),
                   key.Columns.Any(c => table.Column(c)?.Arity is FieldArity.Optional),
                   IsUnique(table, key),
                   $"{boxes[@from].Label} ({string.Join(", ", key.Columns)}) → {boxes[to].Label} ({string.Join(", ", key.ReferencedColumns)}), on delete {ActionWords(key.OnDelete)}"),
        ];
    }

    private static int RowOf(Box box, EquatableArray<string> columns) =>
        Math.Max(0, box.Rows.Index().FirstOrDefault(r => r.Item.Name == columns[0]).Index);
}
