using Sluice.Catalog;

namespace Sluice.Postgres.Reading;

/// <summary>A table or view while its rows come in.</summary>
internal sealed class RelationParts(ObjectName name, bool isView)
{
    private readonly List<Column> columns = [];
    private readonly Dictionary<short, string> columnNames = [];

    public ObjectName Name { get; } = name;

    public bool IsView { get; } = isView;

    public bool IsPartition { get; init; }

    public bool HasSubclasses { get; init; }

    public bool RowSecurity { get; init; }

    public string? Comment { get; init; }

    public string? Definition { get; init; }

    public PrimaryKey? PrimaryKey { get; set; }

    public string? PartitionBy { get; private set; }

    public List<Sluice.Catalog.Index> Indexes { get; } = [];

    public List<ForeignKey> ForeignKeys { get; } = [];

    public List<string> CheckConstraints { get; } = [];

    public List<string> ExclusionConstraints { get; } = [];

    public List<string> DeferrableConstraints { get; } = [];

    public List<string> ExpressionIndexes { get; } = [];

    public List<string> NullsOrderIndexes { get; } = [];

    public List<string> GeneratedColumns { get; } = [];

    public void AddColumn(short number, Column column)
    {
        columns.Add(column);
        columnNames[number] = column.Name;
    }

    public IEnumerable<(short Number, string Name)> NumberedColumns => columnNames.Select(c => (c.Key, c.Value));

    public string? ColumnName(short number) => columnNames.GetValueOrDefault(number);

    /// <summary>An object is no part of the table too, be it a key or an index that turns out to be more than the language can say.</summary>
    public void Take(SqlObject found)
    {
        var id = found.Id;
        switch (id.Kind)
        {
            case ObjectKind.GeneratedColumn or ObjectKind.Identity:
                var at = columns.FindIndex(c => c.Name == id.Part);
                columns[at] = columns[at] with { Generated = found.Definition, Default = null, AutoIncrement = false, IsIdentity = false };
                break;
            case ObjectKind.PartitionKey:
                PartitionBy = found.Definition;
                break;
            case ObjectKind.PrimaryKey:
                PrimaryKey = null;
                break;
            case ObjectKind.Index or ObjectKind.UniqueConstraint:
                Indexes.RemoveAll(i => i.Name == id.Part);
                break;
            case ObjectKind.ForeignKey:
                ForeignKeys.RemoveAll(k => k.Name == id.Part);
                break;
            default:
                break;
        }
    }

    /// <summary>Columns whose values come from a sequence that is an object are no SERIAL: the sequence is not theirs to make and to drop.</summary>
    public void Borrow(HashSet<ObjectName> sequences)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i].Default is ColumnDefault.NextValue { Sequence: var name } && sequences.Contains(Name with { Name = name }))
            {
                var quoted = $"\"{Name.Schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\".\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
                columns[i] = columns[i] with { AutoIncrement = false, Default = new ColumnDefault.Expression($"nextval('{quoted.Replace("'", "''", StringComparison.Ordinal)}'::regclass)") };
            }
        }
    }

    public Table ToTable() => new(Name, [.. columns], PrimaryKey, [.. Indexes], [.. ForeignKeys])
    {
        PartitionBy = PartitionBy,
        Traits = new TableTraits(
            IsPartition,
            HasSubclasses,
            RowSecurity,
            Comment,
            [.. CheckConstraints],
            [.. ExclusionConstraints],
            [.. DeferrableConstraints],
            [.. ExpressionIndexes],
            [.. NullsOrderIndexes]) { GeneratedColumns = [.. GeneratedColumns] },
    };

    public View ToView() => new(Name, [.. columns], Definition) { Comment = Comment };
}
