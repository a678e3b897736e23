using Sluice.Catalog;
using Sluice.Diagram;
using Sluice.Plan;
using Sluice.Sql;
using Sluice.Syntax;

namespace Sluice.Documentation;

/// <summary>Columns as rows of a page's table.</summary>
internal static class ColumnCells
{
    private static readonly SqlNames Plain = new(Naming.Plain);

    public static string Write(Site site, PageNames names, string path, ObjectName of, IEnumerable<Column> columns, Func<string, string> marks) => Html.Table(
        "Columns",
        ["Column", "Type", "NULL", "Default", "Key", "Comment"],
        columns.Select(c => ((string?)PageNames.ColumnId(c.Name), (IReadOnlyList<string>)
        [
            Markup.EscapeLine(c.Name),
            Type(names, path, c),
            c.Arity is FieldArity.Required ? "no" : "yes",
            Default(c),
            marks(c.Name),
            Html.Remark(site.Comments.On(of, c.Name)),
        ])));

    private static string Type(PageNames names, string path, Column column) =>
        names.EnumOrNull(column.Type) is { } address ? Html.Link(Html.Top(path) + address, SketchBuilder.TypeName(column)) : Html.Code(SketchBuilder.TypeName(column));

    private static string Default(Column column) => column switch
    {
        { Generated: { } generated } => Html.Code(generated),
        { IsIdentity: true } => "identity",
        { AutoIncrement: true } => "the next number",
        { HasClientDefault: true } => "made by the client",
        { Default: ColumnDefault.NextValue next } => Html.Code($"nextval('{next.Sequence}')"),
        _ => Html.Code(SqlDefaults.Write(column, Plain)),
    };
}
