using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Plan;
using Index = Sluice.Catalog.Index;

namespace Sluice.Online;

/// <summary>Indexes that go once their successors are there: until then queries have the old one.</summary>
internal sealed class Successors
{
    private readonly Dictionary<PlanStep.DropIndex, PlanStep> hosts = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<PlanStep.DropIndex, PlanStep.CreateIndex> heirs = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<ObjectId> objects = [];

    public static Successors Of(ImmutableArray<PlanStep> steps)
    {
        var found = new Successors();
        var taken = Taken(steps);
        foreach (var drop in steps.OfType<PlanStep.DropIndex>().Where(d => !LosesColumn(steps, d.Table, d.Index) && !taken.Contains((d.Table.Schema, d.Index.Name))))
        {
            ImmutableArray<PlanStep> makers = [.. steps.Where(s => Makes(s, drop.Table) is not null)];
            var heir = makers.OfType<PlanStep.CreateIndex>().FirstOrDefault(c => c.Index.Name == drop.Index.Name);
            if (heir is not null || makers.Any(s => drop.Index.Columns.Count > 0 && Makes(s, drop.Table) == drop.Index.Columns[0].Name))
            {
                found.hosts.Add(drop, makers[^1]);
                if (heir is not null)
                {
                    found.heirs.Add(drop, heir);
                }
            }
        }

        var untouched = !steps.Any(s => s is PlanStep.DropObject { Object.Id.Kind: <= ObjectKind.Cast });
        var gone = steps.OfType<PlanStep.DropObject>().Where(s => s.Object.Id.Kind is ObjectKind.Index).ToDictionary(s => s.Object.Id, s => s.Object.Definition);
        found.objects.UnionWith(steps.OfType<PlanStep.CreateObject>()
            .Where(s => untouched && s is { OnNewTable: false, Object.Id.Kind: ObjectKind.Index } && gone.TryGetValue(s.Object.Id, out var was) && was != s.Object.Definition
                && !steps.Any(a => a is PlanStep.AlterTable alter && (alter.From.Name.Name == s.Object.Id.Name || alter.To.Name.Name == s.Object.Id.Name)))
            .Select(s => s.Object.Id));
        return found;
    }

    /// <summary>It goes after another step.</summary>
    public bool Moves(PlanStep.DropIndex drop) => hosts.ContainsKey(drop);

    /// <summary>What goes after the step.</summary>
    public IEnumerable<PlanStep.DropIndex> After(PlanStep step) => hosts.Where(h => ReferenceEquals(h.Value, step)).Select(h => h.Key);

    /// <summary>The index that takes over the name.</summary>
    public PlanStep.CreateIndex? Heir(PlanStep.DropIndex drop) => heirs.GetValueOrDefault(drop);

    public bool TakesName(PlanStep.CreateIndex create) => heirs.ContainsValue(create);

    /// <summary>An index of the same name takes its place, and nothing that it is made of changes.</summary>
    public bool ByName(SqlObject index) => objects.Contains(index.Id);

    /// <summary>The first column of the index that the step makes on the table; null where it makes none.</summary>
    private static string? Makes(PlanStep step, ObjectName table) => step switch
    {
        PlanStep.CreateIndex { OnNewTable: false, Again: false, Index.Columns: [var first, ..] } create when create.Table == table => first.Name,
        PlanStep.AlterTable alter when alter.To.Name == table => alter.Alterations.Items.OfType<Alteration.AddPrimaryKey>().FirstOrDefault()?.Key.Columns[0].Name,
        _ => null,
    };

    // Names that others take over before.
    private static HashSet<(string Schema, string Name)> Taken(ImmutableArray<PlanStep> steps) =>
    [
        .. steps.SelectMany(s => s switch
        {
            PlanStep.RenameIndex rename => [(rename.Table.Schema, rename.To.Name)],
            PlanStep.CreateTable { Table: var table } => [(table.Name.Schema, table.Name.Name), (table.Name.Schema, table.PrimaryKey?.Name ?? "")],
            PlanStep.CreateIndex { OnNewTable: true } create => [(create.Table.Schema, create.Index.Name)],
            PlanStep.AlterTable alter => alter.Alterations.Items.Select(a => (alter.To.Name.Schema, a switch
            {
                Alteration.AddPrimaryKey add => add.Key.Name,
                Alteration.RenamePrimaryKey rename => rename.To.Name,
                _ => "",
            })),
            _ => (IEnumerable<(string, string)>)[],
        }),
        .. steps.OfType<PlanStep.CreateIndex>().Where(c => !steps.Any(d => d is PlanStep.DropIndex drop && drop.Table == c.Table && drop.Index.Name == c.Index.Name)).Select(c => (c.Table.Schema, c.Index.Name)),
    ];

    // Then the index goes with its column, or must go before it.
    private static bool LosesColumn(ImmutableArray<PlanStep> steps, ObjectName table, Index index) => steps.OfType<PlanStep.AlterTable>()
        .Where(s => s.To.Name == table || s.From.Name == table)
        .SelectMany(s => s.Alterations.Items)
        .Select(a => a switch
        {
            Alteration.DropColumn drop => drop.Column.Name,
            Alteration.RecreateColumn recreate => recreate.From.Name,
            Alteration.AlterColumn { Difference.Type: not null } alter => alter.From.Name,
            _ => null,
        })
        .Any(c => index.Columns.Items.Any(i => i.Name == c));
}
