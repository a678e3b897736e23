using Sluice.Catalog;
using Sluice.Text;

namespace Sluice.Introspection;

/// <summary>A database as its schema is to say it where SQL files beside it say the rest: nothing of that needs a remark.</summary>
public static class BesideFiles
{
    /// <param name="database">As the language sees it.</param>
    /// <param name="whole">The same with its objects.</param>
    public static Database Of(Database database, Database whole)
    {
        var tables = whole.Tables.ToDictionary(t => t.Name);
        return database with
        {
            Tables =
            [
                // One without columns is no model.
                .. database.Tables.Items.Where(t => t.Columns.Count > 0).Select(t => t with
                {
                    Traits = TableTraits.None,
                    Columns = [.. t.Columns.Select(c => Of(c, tables[t.Name].Column(c.Name)!))],
                }),
            ],
            Enums = [.. database.Enums.Select(e => e with { Comment = null })],
            Views = [.. database.Views.Select(v => v with { Comment = null, Columns = [.. v.Columns.Select(c => c with { Comment = null })] })],
        };
    }

    // How it is computed no default could say; and a file makes the sequence that belongs to no column.
    private static Column Of(Column column, Column whole) => column.AutoIncrement && whole is { AutoIncrement: false, Generated: null }
        ? column with { Comment = null, Default = whole.Default, AutoIncrement = false }
        : column with { Comment = null, Default = whole.IsComputed ? new ColumnDefault.Expression(null) : column.Default };

    /// <summary>The schema without warnings about what the files say.</summary>
    public static PulledSchema Of(PulledSchema pulled) =>
        pulled with { Warnings = [.. pulled.Warnings.Where(w => w.Finding is not (PullFinding.PartialIndex or PullFinding.RepeatedUnique or PullFinding.GeneratedColumn))] };
}
