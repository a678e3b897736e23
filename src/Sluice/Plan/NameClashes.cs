using Sluice.Catalog;

namespace Sluice.Plan;

/// <summary>
/// Names that one step sets free and an earlier one, in the usual order, wants already; there the usual order has to give way.
/// </summary>
/// <param name="DroppedTables">A new enum takes over the name: a table's name is a type's name too.</param>
/// <param name="RenamedIndexes">A new index or key takes over the name.</param>
internal sealed record NameClashes(HashSet<ObjectName> DroppedTables, HashSet<ObjectName> RenamedIndexes)
{
    public static NameClashes In(IReadOnlyCollection<PlanStep> steps)
    {
        var dropped = steps.OfType<PlanStep.DropTable>().Select(s => s.Table.Name).ToHashSet();
        dropped.IntersectWith(steps.OfType<PlanStep.CreateEnum>().Select(s => s.Enum.Name));

        var renamed = steps.OfType<PlanStep.RenameIndex>().Select(s => s.Table with { Name = s.From.Name }).ToHashSet();
        renamed.IntersectWith(steps.SelectMany(NewIndexes));
        return new(dropped, renamed);
    }

    private static IEnumerable<ObjectName> NewIndexes(PlanStep step) => step switch
    {
        PlanStep.CreateIndex { Table: var table, Index.Name: var name } => [table with { Name = name }],
        PlanStep.CreateTable { Table: { Name: var table, PrimaryKey.Name: var name } } => [table with { Name = name }],
        PlanStep.AlterTable { To.Name: var table } alter => alter.Alterations.Items.OfType<Alteration.AddPrimaryKey>().Select(a => table with { Name = a.Key.Name }),
        _ => [],
    };
}
