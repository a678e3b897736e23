using System.Collections.Immutable;
using System.Diagnostics;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Diff.Renames;
using Sluice.Plan.Objects;

namespace Sluice.Plan;

/// <summary>Changes to ordered steps, each with its lock level and hazards.</summary>
public static class Planner
{
    public static MigrationPlan Plan(Database from, Database to, ImmutableArray<Change> changes)
    {
        ImmutableArray<Rename> renames = [.. changes.OfType<Change.Renamed>().Select(c => c.Rename)];
        from = RenamedCatalog.Of(from, renames);
        changes = ReferencingKeys.Complete(from, to, ComputedColumns.Complete(from, to, changes));
        var qualify = from.QualifyNames || to.QualifyNames;
        var order = new StepOrder(from, to);
        var altered = changes.GroupBy(TableOf).Where(g => g.Key is not null).ToDictionary(g => g.Key!.Value, g => g.ToArray());
        var fromTables = from.Tables.Items.ToDictionary(t => t.Name);
        var steps = changes
            .SelectMany(c => Steps(c, from, to))
            .Concat(to.Tables.Items
                .Where(t => altered.ContainsKey(t.Name))
                .SelectMany(t => TableSteps.Of(fromTables[t.Name], t, altered[t.Name])));
        var sorted = ObjectSteps.Weave(order.Sort(steps), from, to, changes);
        return new(NameSwaps.Untangle(renames.IsEmpty ? sorted : WithRenames(sorted, renames, from)), new(qualify, qualify || from.Origin is CatalogOrigin.Server)) { Renames = renames };
    }

    /// <summary>A schema that something moves to must be there before.</summary>
    private static ImmutableArray<PlanStep> WithRenames(ImmutableArray<PlanStep> sorted, ImmutableArray<Rename> renames, Database source)
    {
        var rest = sorted.Where(s => s is not PlanStep.CreateSchema).ToList();
        var following = RenameSteps.Following(renames, source, rest);
        return [.. sorted.OfType<PlanStep.CreateSchema>(), .. RenameSteps.Of(renames), .. following, .. rest];
    }

    private static IEnumerable<PlanStep> Steps(Change change, Database from, Database to) => change switch
    {
        // They come first, all at once.
        Change.Renamed => [],
        Change.SchemaAdded { Name: var name } => [new PlanStep.CreateSchema(name)],
        Change.SchemaRemoved { Name: var name } => [new PlanStep.DropSchema(name)],
        Change.ExtensionRemoved { Extension: var extension } => [new PlanStep.DropExtension(extension)],
        Change.ExtensionAdded { Extension: var extension } => [new PlanStep.CreateExtension(extension)],
        Change.ExtensionChanged { From: var previous, To: var next } => previous.IsRelocatable || next.IsRelocatable
            ? [new PlanStep.AlterExtension(previous, next)]
            : [new PlanStep.DropExtension(previous) { Again = true }, new PlanStep.CreateExtension(next)],
        Change.EnumAdded { Enum: var added } => [new PlanStep.CreateEnum(added)],
        Change.EnumRemoved { Enum: var removed } => [new PlanStep.DropEnum(removed)],
        Change.EnumChanged changed => [EnumSteps.Of(changed, from, to)],
        Change.TableAdded { Table: var table } =>
        [
            new PlanStep.CreateTable(table),
            .. table.Indexes.Items.Select(i => new PlanStep.CreateIndex(table.Name, i, OnNewTable: true, Again: false)),
            .. table.ForeignKeys.Items.Select(k => new PlanStep.AddForeignKey(table.Name, k, OnNewTable: true)),
        ],
        // Keys between dropped tables go first, then the tables can go in any order.
        Change.TableRemoved { Table: var table } =>
        [
            .. table.ForeignKeys.Items.Select(k => new PlanStep.DropForeignKey(table.Name, k)),
            new PlanStep.DropTable(table),
        ],
        // They are woven into the others.
        Change.ObjectAdded or Change.ObjectRemoved or Change.ObjectChanged => [],
        _ when TableOf(change) is not null => [],
        _ => throw new UnreachableException(change.GetType().Name),
    };

    /// <summary>The table that a change alters; null for changes that stand by themselves.</summary>
    private static ObjectName? TableOf(Change change) => change switch
    {
        Change.ColumnAdded c => c.Table,
        Change.ColumnRemoved c => c.Table,
        Change.ColumnChanged c => c.Table,
        Change.PrimaryKeyAdded c => c.Table,
        Change.PrimaryKeyRemoved c => c.Table,
        Change.PrimaryKeyChanged c => c.Table,
        Change.PrimaryKeyRenamed c => c.Table,
        Change.IndexAdded c => c.Table,
        Change.IndexRemoved c => c.Table,
        Change.IndexRenamed c => c.Table,
        Change.ForeignKeyAdded c => c.Table,
        Change.ForeignKeyRemoved c => c.Table,
        Change.ForeignKeyRenamed c => c.Table,
        _ => null,
    };
}
