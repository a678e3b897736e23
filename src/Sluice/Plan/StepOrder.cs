using System.Collections.Immutable;
using System.Diagnostics;
using Sluice.Catalog;
using Index = Sluice.Catalog.Index;

namespace Sluice.Plan;

/// <summary>
/// The order in which steps can be executed, which is also Prisma's: first by kind, then by the place of the thing in its catalog.
/// </summary>
internal sealed class StepOrder(Database from, Database to)
{
    private readonly Dictionary<ObjectName, int> previous = Positions(from);
    private readonly Dictionary<ObjectName, int> next = Positions(to);

    public ImmutableArray<PlanStep> Sort(IEnumerable<PlanStep> steps)
    {
        var planned = steps.ToList();
        var clashes = NameClashes.In(planned);
        // OrderBy is stable, so that what belongs to one table keeps the order it was planned in.
        var sorted = planned.OrderBy(s => Rank(s, clashes)).ThenBy(OnExistingTable).ThenBy(Position).ThenBy(InTable).ToList();
        KeepRowsUniqueUntilTheKeyIsThere(sorted);
        return [.. sorted];
    }

    private static int Rank(PlanStep step, NameClashes clashes) => step switch
    {
        PlanStep.CreateSchema => 0,
        PlanStep.DropExtension { Again: true } => 10,
        PlanStep.CreateExtension => 20,
        PlanStep.AlterExtension => 30,
        PlanStep.DropForeignKey when clashes.DroppedTables.Count > 0 => 33,
        PlanStep.DropTable { Table.Name: var table } when clashes.DroppedTables.Contains(table) => 36,
        PlanStep.CreateEnum => 40,
        PlanStep.AddEnumValues or PlanStep.RecreateEnum => 50,
        PlanStep.DropForeignKey => 60,
        PlanStep.DropIndex => 70,
        PlanStep.RenameIndex { Table.Schema: var schema, From.Name: var name } when clashes.RenamedIndexes.Contains(new(schema, name)) => 75,
        PlanStep.AlterTable => 80,
        // Before new indexes, which may take over the names of theirs.
        PlanStep.DropTable => 90,
        // After the last table that used it, before a table that may take over its name.
        PlanStep.DropEnum => 100,
        PlanStep.CreateTable => 110,
        PlanStep.CreateIndex => 120,
        PlanStep.RenameForeignKey => 130,
        // After new indexes, which may be what a key refers to.
        PlanStep.AddForeignKey => 140,
        PlanStep.RenameIndex => 150,
        PlanStep.DropExtension => 160,
        PlanStep.DropSchema => 170,
        _ => throw new UnreachableException(step.GetType().Name),
    };

    private static bool OnExistingTable(PlanStep step) => step is PlanStep.CreateIndex { OnNewTable: false };

    private int Position(PlanStep step) => step switch
    {
        PlanStep.DropExtension { Extension: var extension } => from.Extensions.Items.IndexOf(extension),
        PlanStep.CreateExtension { Extension: var extension } => to.Extensions.Items.IndexOf(extension),
        PlanStep.AlterExtension { From: var extension } => from.Extensions.Items.IndexOf(extension),
        PlanStep.DropForeignKey { Table: var table } => previous[table],
        PlanStep.DropIndex { Table: var table } => previous[table],
        PlanStep.AlterTable { From.Name: var table } => previous[table],
        PlanStep.DropTable { Table.Name: var table } => previous[table],
        PlanStep.CreateTable { Table.Name: var table } => next[table],
        PlanStep.CreateIndex { OnNewTable: true, Table: var table } => next[table],
        PlanStep.CreateIndex { Table: var table } => previous[table],
        PlanStep.RenameForeignKey { Table: var table } => previous[table],
        PlanStep.AddForeignKey { Table: var table } => next[table],
        PlanStep.RenameIndex { Table: var table } => previous[table],
        _ => 0,
    };

    /// <summary>Indexes that come back with their column stand among the new ones as the catalog lists them.</summary>
    private int InTable(PlanStep step) => step is PlanStep.CreateIndex { OnNewTable: false, Table: var table, Index: var index }
        ? Place(to.Tables[next[table]].Indexes.Items, index)
        : 0;

    private static int Place(ImmutableArray<Index> indexes, Index index)
    {
        for (var i = 0; i < indexes.Length; i++)
        {
            if (ReferenceEquals(indexes[i], index))
            {
                return i;
            }
        }

        return indexes.Length;
    }

    /// <summary>
    /// Where a table without a primary key gets one on the columns of a unique index that goes, the index goes last:
    /// logical replication needs one of the two at every moment.
    /// </summary>
    private static void KeepRowsUniqueUntilTheKeyIsThere(List<PlanStep> steps)
    {
        var alters = steps.OfType<PlanStep.AlterTable>().ToDictionary(s => s.From.Name);
        var late = new Dictionary<ObjectName, List<PlanStep>>();
        foreach (var drop in steps.OfType<PlanStep.DropIndex>())
        {
            if (alters.TryGetValue(drop.Table, out var alter) && Replaces(alter, drop.Index))
            {
                if (!late.TryGetValue(drop.Table, out var list))
                {
                    late[drop.Table] = list = [];
                }

                list.Add(drop);
            }
        }

        if (late.Count == 0)
        {
            return;
        }

        var moved = late.Values.SelectMany(d => d).ToHashSet(ReferenceEqualityComparer.Instance);
        var arranged = steps.Where(s => !moved.Contains(s))
            .SelectMany(s => s is PlanStep.AlterTable { From.Name: var table } && late.TryGetValue(table, out var drops) ? [s, .. drops.AsEnumerable().Reverse()] : new[] { s })
            .ToList();
        steps.Clear();
        steps.AddRange(arranged);
    }

    private static bool Replaces(PlanStep.AlterTable alter, Index index)
    {
        var columns = index.Columns.Items.Select(c => c.Name).ToArray();
        return index.IsUnique
            && alter.From.PrimaryKey is null
            && alter.Alterations.Items.OfType<Alteration.AddPrimaryKey>().SingleOrDefault() is { } added
            && added.Key.Columns.Items.Select(c => c.Name).SequenceEqual(columns)
            && !alter.Alterations.Items.Any(a =>
                (a is Alteration.DropColumn drop && columns.Contains(drop.Column.Name))
                || (a is Alteration.RecreateColumn recreate && columns.Contains(recreate.From.Name)));
    }

    private static Dictionary<ObjectName, int> Positions(Database database) =>
        database.Tables.Items.Select((t, i) => (t.Name, i)).ToDictionary(p => p.Name, p => p.i);
}
