using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;

namespace Sluice.Plan;

/// <summary>The steps of one table that stays.</summary>
internal static class TableSteps
{
    public static IEnumerable<PlanStep> Of(Table from, Table to, Change[] changes)
    {
        var recreated = changes.OfType<Change.ColumnChanged>()
            .Where(c => c.Difference.Type is TypeCast.NotCastable)
            .Select(c => c.To.Name)
            .ToHashSet(StringComparer.Ordinal);
        var alterations = Alterations(changes);
        if (alterations.Length > 0)
        {
            yield return new PlanStep.AlterTable(from, to, alterations);
        }

        foreach (var change in changes)
        {
            PlanStep? step = change switch
            {
                Change.IndexAdded c => new PlanStep.CreateIndex(c.Table, c.Index, OnNewTable: false, Again: false),
                Change.IndexRemoved c => new PlanStep.DropIndex(c.Table, c.Index),
                // It goes with the column and comes back under its new name.
                Change.IndexRenamed c when c.To.Columns.Items.Any(i => recreated.Contains(i.Name)) => null,
                Change.IndexRenamed c => new PlanStep.RenameIndex(c.Table, c.From, c.To),
                Change.ForeignKeyAdded c => new PlanStep.AddForeignKey(c.Table, c.Key, OnNewTable: false),
                Change.ForeignKeyRemoved c => new PlanStep.DropForeignKey(c.Table, c.Key),
                Change.ForeignKeyRenamed c => new PlanStep.RenameForeignKey(c.Table, c.From, c.To),
                _ => null,
            };
            if (step is not null)
            {
                yield return step;
            }
        }

        var added = changes.OfType<Change.IndexAdded>().Select(c => c.Index.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var index in to.Indexes.Items.Where(i => !added.Contains(i.Name) && i.Columns.Items.Any(c => recreated.Contains(c.Name))))
        {
            yield return new PlanStep.CreateIndex(to.Name, index, OnNewTable: false, Again: true);
        }
    }

    /// <summary>The order of the clauses: key away, columns away and in by name, columns changed as they stand in the table, key in.</summary>
    private static ImmutableArray<Alteration> Alterations(Change[] changes) =>
    [
        .. changes.Select(DroppedKey).OfType<Alteration>(),
        .. changes.OfType<Change.ColumnRemoved>().OrderBy(c => c.Column.Name, StringComparer.Ordinal).Select(c => new Alteration.DropColumn(c.Column)),
        .. changes.OfType<Change.ColumnAdded>().OrderBy(c => c.Column.Name, StringComparer.Ordinal).Select(c => new Alteration.AddColumn(c.Column)),
        .. changes.OfType<Change.ColumnChanged>().Select(Changed),
        .. changes.Select(AddedKey).OfType<Alteration>(),
    ];

    private static Alteration Changed(Change.ColumnChanged change) => change.Difference.Type is TypeCast.NotCastable
        ? new Alteration.RecreateColumn(change.From, change.To, change.Difference)
        : new Alteration.AlterColumn(change.From, change.To, change.Difference);

    private static Alteration? DroppedKey(Change change) => change switch
    {
        Change.PrimaryKeyRemoved { Key: var key } => new Alteration.DropPrimaryKey(key),
        Change.PrimaryKeyChanged { From: var key } => new Alteration.DropPrimaryKey(key),
        Change.PrimaryKeyRenamed { From: var previous, To: var next } => new Alteration.RenamePrimaryKey(previous, next),
        _ => null,
    };

    private static Alteration? AddedKey(Change change) => change switch
    {
        Change.PrimaryKeyAdded { Key: var key } => new Alteration.AddPrimaryKey(key),
        Change.PrimaryKeyChanged { To: var key } => new Alteration.AddPrimaryKey(key),
        _ => null,
    };
}
