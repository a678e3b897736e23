using Sluice.Catalog;
using Sluice.Text;
using Index = Sluice.Catalog.Index;

namespace Sluice.Diff;

/// <summary>One difference between two catalogs. What to do about it is the planner's business.</summary>
public abstract record Change
{
    private Change()
    {
    }

    /// <summary>Known from a hint or an answer; every other change is against the catalog as it is after all of these.</summary>
    public sealed record Renamed(Rename Rename) : Change;

    public sealed record SchemaAdded(string Name) : Change;

    /// <summary>Only between two servers that were looked at as a whole.</summary>
    public sealed record SchemaRemoved(string Name) : Change;

    public sealed record ExtensionAdded(Extension Extension) : Change;

    /// <summary>Only between two servers that were looked at as a whole.</summary>
    public sealed record ExtensionRemoved(Extension Extension) : Change;

    public sealed record ExtensionChanged(Extension From, Extension To) : Change;

    public sealed record EnumAdded(EnumType Enum) : Change;

    public sealed record EnumRemoved(EnumType Enum) : Change;

    public sealed record EnumChanged(EnumType From, EnumType To, EquatableArray<string> Added, EquatableArray<string> Removed) : Change
    {
        /// <summary>Values that both have stand in another order.</summary>
        public bool Reordered { get; init; }
    }

    public sealed record TableAdded(Table Table) : Change;

    public sealed record TableRemoved(Table Table) : Change;

    public sealed record ColumnAdded(ObjectName Table, Column Column) : Change;

    public sealed record ColumnRemoved(ObjectName Table, Column Column) : Change;

    public sealed record ColumnChanged(ObjectName Table, Column From, Column To, ColumnDifference Difference) : Change;

    public sealed record PrimaryKeyAdded(ObjectName Table, PrimaryKey Key) : Change;

    public sealed record PrimaryKeyRemoved(ObjectName Table, PrimaryKey Key) : Change;

    /// <summary>Other columns, or columns of another type: it is dropped and made again.</summary>
    public sealed record PrimaryKeyChanged(ObjectName Table, PrimaryKey From, PrimaryKey To) : Change;

    public sealed record PrimaryKeyRenamed(ObjectName Table, PrimaryKey From, PrimaryKey To) : Change;

    public sealed record IndexAdded(ObjectName Table, Index Index) : Change;

    public sealed record IndexRemoved(ObjectName Table, Index Index) : Change;

    public sealed record IndexRenamed(ObjectName Table, Index From, Index To) : Change;

    public sealed record ForeignKeyAdded(ObjectName Table, ForeignKey Key) : Change;

    public sealed record ForeignKeyRemoved(ObjectName Table, ForeignKey Key) : Change;

    public sealed record ForeignKeyRenamed(ObjectName Table, ForeignKey From, ForeignKey To) : Change;

    public sealed record ObjectAdded(SqlObject Object) : Change;

    public sealed record ObjectRemoved(SqlObject Object) : Change;

    public sealed record ObjectChanged(SqlObject From, SqlObject To) : Change;
}

/// <summary>What differs in a column that both catalogs have.</summary>
public sealed record ColumnDifference(bool Arity, bool Default, TypeCast? Type, bool AutoIncrement)
{
    public static ColumnDifference None { get; } = new(false, false, null, false);

    public bool Any => Arity || Default || Type is not null || AutoIncrement;
}

/// <summary>What becomes of the values when a column's type changes.</summary>
public enum TypeCast
{
    /// <summary>Every value fits.</summary>
    Safe,

    /// <summary>Values can be cut, or the cast can fail.</summary>
    Risky,

    /// <summary>No cast: the column is dropped and added again.</summary>
    NotCastable,
}
