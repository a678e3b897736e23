using Sluice.Catalog;
using Sluice.Model;

namespace Sluice.Diagram;

/// <summary>What people wrote about tables, columns and enums: COMMENT ON in a database, `///` in a schema.</summary>
public sealed class Comments
{
    private readonly Dictionary<(ObjectName Of, string? Column), string> texts = [];

    /// <param name="model">The schema behind the catalog, where there is one.</param>
    public static Comments Of(Database database, SchemaModel? model = null)
    {
        var comments = new Comments();
        foreach (var table in database.Tables)
        {
            comments.Add(table.Name, null, table.Traits.Comment);
            comments.Add(table.Name, table.Columns);
        }

        foreach (var view in database.Views)
        {
            comments.Add(view.Name, null, view.Comment);
            comments.Add(view.Name, view.Columns);
        }

        foreach (var type in database.Enums)
        {
            comments.Add(type.Name, null, type.Comment);
        }

        foreach (var entity in model?.Entities.Items ?? [])
        {
            var name = new ObjectName(entity.Schema ?? database.DefaultSchema, entity.DatabaseName);
            comments.Add(name, null, WithoutHints(entity.Documentation));
            foreach (var field in entity.Fields)
            {
                comments.Add(name, field.ColumnName, WithoutHints(field.Documentation));
            }
        }

        foreach (var type in model?.Enums.Items ?? [])
        {
            var name = new ObjectName(type.Schema ?? database.DefaultSchema, type.DatabaseName);
            comments.Add(name, null, WithoutHints(type.Documentation));
            foreach (var value in type.Values)
            {
                comments.Add(name, value.DatabaseName, WithoutHints(value.Documentation));
            }
        }

        return comments;
    }

    public string? On(ObjectName name, string? part = null) => texts.GetValueOrDefault((name, part));

    // `@renamedFrom("old")` and its like are for the tool.
    private static string? WithoutHints(string? documentation) =>
        documentation is null ? null : string.Join('\n', documentation.Split('\n').Where(l => !l.TrimStart().StartsWith('@')));

    private void Add(ObjectName of, IEnumerable<Column> columns)
    {
        foreach (var column in columns)
        {
            Add(of, column.Name, column.Comment);
        }
    }

    private void Add(ObjectName of, string? part, string? text)
    {
        if (!string.IsNullOrWhiteSpace(text))
        {
            texts.TryAdd((of, part), text.Trim());
        }
    }
}
