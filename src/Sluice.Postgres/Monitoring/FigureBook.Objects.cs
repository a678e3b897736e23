namespace Sluice.Postgres.Monitoring;

public static partial class FigureBook
{
    // The largest: each is a series for ever in whoever stores them.
    private const int MostObjects = 200;

    private static Figure[] Objects =>
    [
        new("tableBytes", "sluice_table_bytes", Unit.Bytes, "Size of a table, with its indexes.", f => Tables(f, t => t.Bytes)),
        new("tableRows", "sluice_table_rows", Unit.Count, "Rows of a table, as the server estimates.", f => Tables(f, t => t.Rows)),
        new("tableDeadRows", "sluice_table_dead_rows", Unit.Count, "Dead rows of a table.", f => Tables(f, t => t.DeadRows)),
        new("tableScans", "sluice_table_scans_total", Unit.Count, "Scans of a whole table.", f => Tables(f, t => t.TableScans)) { IsCounter = true },
        new("indexBytes", "sluice_index_bytes", Unit.Bytes, "Size of an index.", f => Indexes(f, i => i.Bytes)),
        new("indexScans", "sluice_index_scans_total", Unit.Count, "Scans of an index.", f => Indexes(f, i => i.Scans)) { IsCounter = true },
        new("statementSeconds", "sluice_statement_mean_seconds", Unit.Seconds, "Mean time of a statement, by its queryid.", f => Statements(f, s => s.MeanSeconds)),
        new("statementCalls", "sluice_statement_calls_total", Unit.Count, "Calls of a statement, by its queryid.", f => Statements(f, s => s.Calls)) { IsCounter = true },
    ];

    private static IEnumerable<Sample> Tables(Figures figures, Func<TableFigures, double> value) => figures.Tables.Take(MostObjects).Select(t => new Sample(value(t)) { Labels = [("table", t.Name)] });

    private static IEnumerable<Sample> Indexes(Figures figures, Func<IndexFigures, double> value) =>
        figures.Indexes.Take(MostObjects).Select(i => new Sample(value(i)) { Labels = [("index", i.Name), ("table", i.Table)] });

    private static IEnumerable<Sample> Statements(Figures figures, Func<StatementFigures, double> value) =>
        (figures.Statements ?? []).DistinctBy(s => s.Id).Select(s => new Sample(value(s)) { Labels = [("queryid", s.Id)] });
}
