using Sluice.Catalog;
using Sluice.Plan.Objects;
using Sluice.Text;
using Index = Sluice.Catalog.Index;

namespace Sluice.Plan;

/// <summary>One thing to do to a database, with the lock it takes and what it can hurt.</summary>
public abstract record PlanStep
{
    private PlanStep()
    {
    }

    /// <summary>The strongest lock it takes on a table that exists already.</summary>
    public abstract LockLevel Lock { get; }

    public abstract Hazards Hazards { get; }

    /// <summary>Nothing in it moves: PostgreSQL lets every reference follow. What runs under the old name meanwhile fails.</summary>
    public sealed record Rename(Sluice.Catalog.Rename What) : PlanStep
    {
        public override LockLevel Lock => What is Sluice.Catalog.Rename.Table or Sluice.Catalog.Rename.Column ? LockLevel.AccessExclusive : LockLevel.None;

        public override Hazards Hazards => Hazards.None;
    }

    public sealed record CreateSchema(string Name) : PlanStep
    {
        public override LockLevel Lock => LockLevel.None;

        public override Hazards Hazards => Hazards.None;
    }

    /// <summary>The last thing to do: nothing lives in it any more.</summary>
    public sealed record DropSchema(string Name) : PlanStep
    {
        public override LockLevel Lock => LockLevel.None;

        public override Hazards Hazards => Hazards.CanFail;
    }

    public sealed record DropExtension(Extension Extension) : PlanStep
    {
        /// <summary>It comes back in the next step; otherwise it goes last, when nothing needs it any more.</summary>
        public bool Again { get; init; }

        public override LockLevel Lock => LockLevel.AccessExclusive;

        public override Hazards Hazards => Hazards.CanFail;
    }

    public sealed record CreateExtension(Extension Extension) : PlanStep
    {
        public override LockLevel Lock => LockLevel.None;

        public override Hazards Hazards => Hazards.CanFail;
    }

    public sealed record AlterExtension(Extension From, Extension To) : PlanStep
    {
        public override LockLevel Lock => LockLevel.None;

        public override Hazards Hazards => Hazards.CanFail;
    }

    public sealed record CreateEnum(EnumType Enum) : PlanStep
    {
        public override LockLevel Lock => LockLevel.None;

        public override Hazards Hazards => Hazards.None;
    }

    public sealed record AddEnumValues(EnumType From, EquatableArray<string> Values) : PlanStep
    {
        /// <summary>All values in their order afterwards, where the plan is <see cref="Naming.Exact"/>; else the new ones stand last.</summary>
        public EquatableArray<string> Order { get; init; } = [];

        public override LockLevel Lock => LockLevel.None;

        public override Hazards Hazards => Hazards.None;
    }

    /// <summary>PostgreSQL cannot remove a value: a new type takes the place of the old one.</summary>
    /// <param name="DroppedDefaults">Defaults in the way, dropped first.</param>
    /// <param name="Columns">Columns that go over to the new type.</param>
    /// <param name="Released">Columns of the old type that are about to go: they become text, so that the old type can go.</param>
    /// <param name="RestoredDefaults">Defaults set again afterwards.</param>
    public sealed record RecreateEnum(
        EnumType From,
        EnumType To,
        EquatableArray<string> Added,
        EquatableArray<string> Removed,
        EquatableArray<TableColumn> DroppedDefaults,
        EquatableArray<TableColumn> Columns,
        EquatableArray<TableColumn> Released,
        EquatableArray<TableColumn> RestoredDefaults) : PlanStep
    {
        public override LockLevel Lock => LockLevel.AccessExclusive;

        public override Hazards Hazards => Hazards.RewritesTable | Hazards.CanFail;
    }

    public sealed record DropForeignKey(ObjectName Table, ForeignKey Key) : PlanStep
    {
        public override LockLevel Lock => LockLevel.AccessExclusive;

        public override Hazards Hazards => Hazards.None;
    }

    public sealed record DropIndex(ObjectName Table, Index Index) : PlanStep
    {
        public override LockLevel Lock => LockLevel.AccessExclusive;

        public override Hazards Hazards => Hazards.SlowsQueries;
    }

    public sealed record AlterTable(Table From, Table To, EquatableArray<Alteration> Alterations) : PlanStep
    {
        public override LockLevel Lock => LockLevel.AccessExclusive;

        public override Hazards Hazards => Alterations.Items.Aggregate(Hazards.None, (sum, a) => sum | a.Hazards);
    }

    public sealed record DropTable(Table Table) : PlanStep
    {
        public override LockLevel Lock => LockLevel.AccessExclusive;

        public override Hazards Hazards => Hazards.LosesData;
    }

    public sealed record DropEnum(EnumType Enum) : PlanStep
    {
        public override LockLevel Lock => LockLevel.None;

        public override Hazards Hazards => Hazards.CanFail;
    }

    public sealed record CreateTable(Table Table) : PlanStep
    {
        public override LockLevel Lock => LockLevel.None;

        public override Hazards Hazards => Hazards.None;
    }

    /// <param name="OnNewTable">The same plan creates the table.</param>
    /// <param name="Again">It existed, and went with a column that was dropped and added again.</param>
    public sealed record CreateIndex(ObjectName Table, Index Index, bool OnNewTable, bool Again) : PlanStep
    {
        public override LockLevel Lock => OnNewTable ? LockLevel.None : LockLevel.Share;

        public override Hazards Hazards => (OnNewTable, Index.IsUnique) switch
        {
            (true, _) => Hazards.None,
            (false, true) => Hazards.BlocksWrites | Hazards.CanFail,
            (false, false) => Hazards.BlocksWrites,
        };
    }

    public sealed record RenameForeignKey(ObjectName Table, ForeignKey From, ForeignKey To) : PlanStep
    {
        public override LockLevel Lock => LockLevel.AccessExclusive;

        public override Hazards Hazards => Hazards.None;
    }

    public sealed record AddForeignKey(ObjectName Table, ForeignKey Key, bool OnNewTable) : PlanStep
    {
        public override LockLevel Lock => LockLevel.ShareRowExclusive;

        public override Hazards Hazards => OnNewTable ? Hazards.None : Hazards.BlocksWrites | Hazards.CanFail;
    }

    /// <param name="OnNewTable">The same plan creates the table.</param>
    /// <param name="Again">It was there, and went for something else to change.</param>
    public sealed record CreateObject(SqlObject Object, bool OnNewTable, bool Again) : PlanStep
    {
        public override LockLevel Lock => OnNewTable ? LockLevel.None : ObjectRisk.Lock(Object.Id.Kind);

        public override Hazards Hazards => OnNewTable ? Hazards.None : ObjectRisk.OfCreating(Object);
    }

    /// <summary>In place: nothing that depends on it notices.</summary>
    public sealed record AlterObject(SqlObject From, SqlObject To) : PlanStep
    {
        public override LockLevel Lock => ObjectRisk.Lock(To.Id.Kind);

        public override Hazards Hazards => ObjectRisk.OfAltering(To);
    }

    /// <param name="Again">It comes back, as it was or changed.</param>
    public sealed record DropObject(SqlObject Object, bool Again) : PlanStep
    {
        public override LockLevel Lock => ObjectRisk.Lock(Object.Id.Kind);

        public override Hazards Hazards => ObjectRisk.OfDropping(Object.Id.Kind, Again);
    }

    public sealed record RenameIndex(ObjectName Table, Index From, Index To) : PlanStep
    {
        public override LockLevel Lock => LockLevel.ShareUpdateExclusive;

        public override Hazards Hazards => Hazards.None;
    }
}

/// <param name="Column">As it is before or after, as the place that holds it says.</param>
public sealed record TableColumn(ObjectName Table, Column Column);
