using Sluice.Catalog;
using Sluice.Model;
using Sluice.Text;

namespace Sluice.Plan;

/// <summary>A question to the data before a step runs: would something be lost, or would the step fail?</summary>
/// <param name="Step">Index of the step in the plan.</param>
/// <param name="Table">The table, as it is called once the plan's renames are done, whose rows are the evidence.</param>
/// <param name="Column">The column whose non-null values are evidence too; null where only rows count.</param>
public abstract record DataLossCheck(int Step, ObjectName? Table, string? Column)
{
    /// <summary>Unexecutable: the step fails where there is data. Otherwise a warning: it runs, and loses.</summary>
    public abstract bool IsUnexecutable { get; }

    public abstract bool NeedsRowCount { get; }

    public abstract bool NeedsValueCount { get; }

    public sealed record NonEmptyTableDrop(int Step, ObjectName Dropped) : DataLossCheck(Step, Dropped, null)
    {
        public override bool IsUnexecutable => false;

        public override bool NeedsRowCount => true;

        public override bool NeedsValueCount => false;
    }

    public sealed record NonEmptyColumnDrop(int Step, ObjectName Of, string Name) : DataLossCheck(Step, Of, Name)
    {
        public override bool IsUnexecutable => false;

        public override bool NeedsRowCount => false;

        public override bool NeedsValueCount => true;
    }

    public sealed record DropAndRecreateColumn(int Step, ObjectName Of, string Name) : DataLossCheck(Step, Of, Name)
    {
        public override bool IsUnexecutable => false;

        public override bool NeedsRowCount => true;

        public override bool NeedsValueCount => true;
    }

    public sealed record RiskyCast(int Step, ObjectName Of, string Name, string FromType, string ToType) : DataLossCheck(Step, Of, Name)
    {
        public override bool IsUnexecutable => false;

        public override bool NeedsRowCount => false;

        public override bool NeedsValueCount => true;
    }

    /// <summary>
    /// A cast that Prisma calls safe, although values can come out of it changed. Committed texts know nothing of it; whoever
    /// can look at the rows asks.
    /// </summary>
    /// <param name="IsList">The types are those of a list's elements.</param>
    public sealed record NarrowingCast(int Step, ObjectName Of, string Name, NativeType From, NativeType To, bool IsList) : DataLossCheck(Step, Of, Name)
    {
        public override bool IsUnexecutable => false;

        public override bool NeedsRowCount => false;

        public override bool NeedsValueCount => false;
    }

    /// <summary>Kept for plans that cast where no cast exists; on PostgreSQL such a column is dropped and recreated instead.</summary>
    public sealed record NotCastable(int Step, ObjectName Of, string Name, string FromType, string ToType) : DataLossCheck(Step, Of, Name)
    {
        public override bool IsUnexecutable => false;

        public override bool NeedsRowCount => false;

        public override bool NeedsValueCount => true;
    }

    public sealed record PrimaryKeyChange(int Step, ObjectName Of) : DataLossCheck(Step, Of, null)
    {
        public override bool IsUnexecutable => false;

        public override bool NeedsRowCount => true;

        public override bool NeedsValueCount => false;
    }

    public sealed record UniqueConstraintAddition(int Step, ObjectName Of, EquatableArray<string> Columns) : DataLossCheck(Step, Of, null)
    {
        public override bool IsUnexecutable => false;

        public override bool NeedsRowCount => false;

        public override bool NeedsValueCount => false;
    }

    public sealed record EnumValueRemoval(int Step, ObjectName Enum, EquatableArray<string> Values) : DataLossCheck(Step, null, null)
    {
        public override bool IsUnexecutable => false;

        public override bool NeedsRowCount => false;

        public override bool NeedsValueCount => false;
    }

    /// <summary>Something besides tables that holds data of its own.</summary>
    public sealed record ObjectDrop(int Step, ObjectId Dropped) : DataLossCheck(Step, null, null)
    {
        public override bool IsUnexecutable => false;

        public override bool NeedsRowCount => false;

        public override bool NeedsValueCount => false;
    }

    /// <param name="HasClientDefault">The client makes its values; then Prisma's advice is another.</param>
    public sealed record AddedRequiredColumn(int Step, ObjectName Of, string Name, bool HasClientDefault) : DataLossCheck(Step, Of, Name)
    {
        public override bool IsUnexecutable => true;

        public override bool NeedsRowCount => true;

        public override bool NeedsValueCount => false;
    }

    public sealed record MadeOptionalFieldRequired(int Step, ObjectName Of, string Name) : DataLossCheck(Step, Of, Name)
    {
        public override bool IsUnexecutable => true;

        public override bool NeedsRowCount => true;

        public override bool NeedsValueCount => true;
    }

    public sealed record MadeScalarFieldIntoArrayField(int Step, ObjectName Of, string Name) : DataLossCheck(Step, Of, Name)
    {
        public override bool IsUnexecutable => true;

        public override bool NeedsRowCount => true;

        public override bool NeedsValueCount => true;
    }

    public sealed record DropAndRecreateRequiredColumn(int Step, ObjectName Of, string Name) : DataLossCheck(Step, Of, Name)
    {
        public override bool IsUnexecutable => true;

        public override bool NeedsRowCount => true;

        public override bool NeedsValueCount => false;
    }
}

/// <summary>The evidence: how many rows, and how many values that are not null. What was not counted is absent.</summary>
public sealed record DataCounts(
    IReadOnlyDictionary<ObjectName, long> Rows,
    IReadOnlyDictionary<(ObjectName Table, string Column), long> Values)
{
    /// <summary>For a <see cref="DataLossCheck.NarrowingCast"/>: how many rows have a value that the cast changes.</summary>
    public IReadOnlyDictionary<(ObjectName Table, string Column), long> Changed { get; init; } = new Dictionary<(ObjectName, string), long>();

    /// <summary>Nothing counted: the answers then say what would happen if there were data.</summary>
    public static DataCounts Unknown { get; } = new(new Dictionary<ObjectName, long>(), new Dictionary<(ObjectName, string), long>());
}

/// <summary>A check that the data answered with yes.</summary>
public sealed record DataLossFinding(DataLossCheck Check, string Message)
{
    public bool IsUnexecutable => Check.IsUnexecutable;
}
