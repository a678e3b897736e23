using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Syntax;

namespace Sluice.Postgres.Proving;

/// <summary>
/// Puts invented rows into the tables of a scratch database: required columns filled, a third row with the others empty,
/// row N referring to row N of another table. What the server refuses (a CHECK, a trigger) is done without, and said.
/// </summary>
internal sealed class SampleRows(NpgsqlConnection connection, Database catalog)
{
    private const int RowsOfTable = 3;

    private readonly Dictionary<ObjectName, Table> tables = catalog.Tables.Items.ToDictionary(t => t.Name);
    private readonly Dictionary<ObjectName, EnumType> enums = catalog.Enums.Items.ToDictionary(e => e.Name);

    /// <summary>Fills the tables, those that are referred to first, within the transaction that is open.</summary>
    /// <returns>What could not be made, a sentence each.</returns>
    public async Task<ImmutableArray<string>> FillAsync(IEnumerable<Table> wanted, CancellationToken cancellation)
    {
        var refused = ImmutableArray.CreateBuilder<string>();
        foreach (var table in InOrder(wanted))
        {
            string? reason = null;
            foreach (var onlyRequired in (bool[])[false, true])
            {
                reason = await TryAsync(Enumerable.Range(1, RowsOfTable).Select(row => Insert(table, new SampleValue(row), onlyRequired)), cancellation);
                if (reason is null)
                {
                    break;
                }
            }

            if (reason is not null)
            {
                refused.Add($"rows could not be made for the table `{table.Name.Name}`: {reason}");
            }

        }

        return refused.ToImmutable();
    }

    /// <summary>Gives new columns of a table with rows values of their own.</summary>
    public async Task<ImmutableArray<string>> FillAsync(Table table, IEnumerable<Column> columns, CancellationToken cancellation)
    {
        var refused = ImmutableArray.CreateBuilder<string>();
        foreach (var column in columns.Where(c => !table.Traits.GeneratedColumns.Contains(c.Name)))
        {
            var updates = Enumerable.Range(1, RowsOfTable).Select(row =>
                $"UPDATE {Name(table)} SET {Quote(column.Name)} = {Literal(table, column, new SampleValue(row))} WHERE ctid = (SELECT ctid FROM {Name(table)} ORDER BY ctid OFFSET {row - 1} LIMIT 1)");
            if (await TryAsync(updates, cancellation) is { } reason)
            {
                refused.Add($"values could not be made for the column `{column.Name}` of `{table.Name.Name}`: {reason}");
            }
        }

        return refused.ToImmutable();
    }

    private async Task<string?> TryAsync(IEnumerable<string> statements, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in (string[])["SAVEPOINT sample", .. statements, "SET CONSTRAINTS ALL IMMEDIATE", "RELEASE sample"])
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        }

        try
        {
            await batch.ExecuteNonQueryAsync(cancellation);
            return null;
        }
        catch (PostgresException refusal)
        {
            await using var back = new NpgsqlCommand("ROLLBACK TO sample", connection);
            await back.ExecuteNonQueryAsync(cancellation);
            return $"{refusal.SqlState} {refusal.MessageText}";
        }
    }

    private string Insert(Table table, SampleValue value, bool onlyRequired)
    {
        var columns = table.Columns.Items
            .Where(c => !table.Traits.GeneratedColumns.Contains(c.Name))
            .Where(c => IsReference(table, c) || IsIdentifying(table, c) || (onlyRequired ? c is { Arity: FieldArity.Required, Default: null } : c.Arity is FieldArity.Required || value.Row < RowsOfTable))
            .ToList();
        return columns.Count == 0
            ? $"INSERT INTO {Name(table)} DEFAULT VALUES"
            : $"INSERT INTO {Name(table)} ({string.Join(", ", columns.Select(c => Quote(c.Name)))}) OVERRIDING SYSTEM VALUE VALUES ({string.Join(", ", columns.Select(c => Literal(table, c, value)))}) ON CONFLICT DO NOTHING";
    }

    private string Literal(Table table, Column column, SampleValue value)
    {
        var (source, origin) = Origin(table, column, []);
        if (source is null || origin is null)
        {
            return "NULL";
        }

        var labels = origin.Type is ColumnType.Enum { Name: var type } ? enums.GetValueOrDefault(type) : null;
        return $"'{value.Of(origin, labels).Replace("'", "''", StringComparison.Ordinal)}'";
    }

    /// <summary>The column that a foreign key takes its values from, through as many tables as it goes.</summary>
    private (Table? Table, Column? Column) Origin(Table table, Column column, HashSet<(ObjectName, string)> seen)
    {
        var key = table.ForeignKeys.Items.FirstOrDefault(k => k.Columns.Contains(column.Name));
        if (key is null || !seen.Add((table.Name, column.Name)) || !tables.TryGetValue(key.ReferencedTable, out var parent))
        {
            return (table, column);
        }

        // Where tables wait for each other, the reference that may be empty is.
        if (column.Arity is FieldArity.Optional && parent.Name != table.Name && Reaches(parent, table.Name, []))
        {
            return (null, null);
        }

        return parent.Column(key.ReferencedColumns[key.Columns.Items.IndexOf(column.Name)]) is { } referenced ? Origin(parent, referenced, seen) : (table, column);
    }

    private bool Reaches(Table from, ObjectName to, HashSet<ObjectName> seen) =>
        seen.Add(from.Name) && from.ForeignKeys.Items.Any(k =>
            k.ReferencedTable == to || (tables.TryGetValue(k.ReferencedTable, out var next) && Reaches(next, to, seen)));

    private static bool IsReference(Table table, Column column) => column.Arity is FieldArity.Required && table.ForeignKeys.Items.Any(k => k.Columns.Contains(column.Name));

    private static bool IsIdentifying(Table table, Column column) => table.PrimaryKey?.Columns.Items.Any(c => c.Name == column.Name) is true;

    /// <summary>Those that are referred to before those that refer.</summary>
    public static List<Table> InOrder(IEnumerable<Table> wanted)
    {
        var (ordered, waiting) = (new List<Table>(), wanted.ToList());
        while (waiting.Count > 0)
        {
            var next = waiting.Find(t => t.ForeignKeys.Items.All(k => k.ReferencedTable == t.Name || waiting.All(w => w.Name != k.ReferencedTable)))
                ?? waiting.Find(t => t.ForeignKeys.Items.All(k => k.Columns.Items.Any(c => t.Column(c) is { Arity: FieldArity.Optional }) || k.ReferencedTable == t.Name || waiting.All(w => w.Name != k.ReferencedTable)))
                ?? waiting[0];
            ordered.Add(next);
            waiting.Remove(next);
        }

        return ordered;
    }

    private static string Name(Table table) => $"{Quote(table.Name.Schema)}.{Quote(table.Name.Name)}";

    private static string Quote(string name) => ServerConnection.Quote(name);
}
