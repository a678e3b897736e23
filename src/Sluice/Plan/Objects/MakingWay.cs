using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;

namespace Sluice.Plan.Objects;

/// <summary>
/// Columns that let go for a while: a computed one while what it is computed from takes on a domain or a collation, a default
/// while a function it calls is made again.
/// </summary>
internal static class MakingWay
{
    /// <summary>Functions that come back under their name, which only columns hold on to: these can let go before anything else begins.</summary>
    public static HashSet<ObjectId> ReleasedFunctions(ObjectGraph before, ObjectGraph after, IEnumerable<SqlObject> dropped) =>
    [
        .. dropped.Select(o => o.Id).Where(id => id.Kind is ObjectKind.Function && after.Find(id) is not null
            && before.Dependencies.Where(d => d.On == id).All(d => d.Of.Kind is ObjectKind.Column or ObjectKind.GeneratedColumn || before.Find(d.Of) is not null)),
    ];

    public static ImmutableArray<PlanStep> Of(ImmutableArray<PlanStep> steps, Database from, Database to, HashSet<ObjectId> released)
    {
        var made = steps.ToList();
        Defaults(made, from, to, released);
        foreach (var alter in steps.OfType<PlanStep.AlterTable>())
        {
            Computed(made, alter, from, released);
        }

        return [.. made];
    }

    private static void Defaults(List<PlanStep> steps, Database from, Database to, HashSet<ObjectId> released)
    {
        var wanted = to.Tables.Items.ToDictionary(t => t.Name);
        var changed = steps.OfType<PlanStep.AlterTable>().SelectMany(s => s.Alterations.Items.Select(a => (s.To.Name, Column: ChangedDefault(a)))).ToHashSet();
        foreach (var table in from.Tables.Items)
        {
            foreach (var column in table.Columns.Items.Where(c => c is { Default: not null, IsComputed: false } && from.Dependencies.Items.Any(d => d.Of == Id(ObjectKind.Column, table, c) && released.Contains(d.On))))
            {
                var bare = column with { Default = null };
                steps.Insert(0, Change(table, column, bare));
                if (wanted.GetValueOrDefault(table.Name)?.Column(column.Name) is { } next && next.Default == column.Default && !changed.Contains((table.Name, column.Name)))
                {
                    steps.Insert(steps.FindLastIndex(s => s is PlanStep.CreateObject made && released.Contains(made.Object.Id)) + 1, Change(table, bare, column));
                }
            }
        }
    }

    private static void Computed(List<PlanStep> steps, PlanStep.AlterTable alter, Database from, HashSet<ObjectId> released)
    {
        Alteration.RecreateColumn[] again = [.. alter.Alterations.Items.OfType<Alteration.RecreateColumn>().Where(r => r.KeepsNothingOfItsOwn)];
        var functions = from.Dependencies.Items.Where(d => released.Contains(d.On) && again.Any(r => d.Of == Id(ObjectKind.GeneratedColumn, alter.From, r.From))).Select(d => d.On).ToHashSet();
        var hindered = steps.Where(s => Subject(s) is { } id && (functions.Contains(id) || IsTypeOfAnother(id))).ToList();
        if (again.Length == 0 || hindered.Count == 0)
        {
            return;
        }

        var arriving = hindered.Where(s => s is not PlanStep.DropObject && IsTypeOfAnother(Subject(s)!)).ToList();
        Alteration[] rest = [.. alter.Alterations.Items.Except(again)];
        var at = steps.IndexOf(alter);
        steps.RemoveAll(s => s == alter || arriving.Contains(s));
        PlanStep[] here =
        [
            .. rest.Length > 0 ? [alter with { Alterations = [.. rest] }] : Array.Empty<PlanStep>(),
            .. arriving,
            alter with { Alterations = [.. again.Select(r => new Alteration.AddColumn(r.To))] },
        ];
        steps.InsertRange(at, here);
        var first = steps.FindIndex(s => s is PlanStep.DropObject && hindered.Contains(s)) is >= 0 and var found ? Math.Min(found, at) : at;
        steps.Insert(first, alter with { Alterations = [.. again.Select(r => new Alteration.DropColumn(r.From) { Again = true })] });

        bool IsTypeOfAnother(ObjectId id) =>
            id.Kind is ObjectKind.DomainColumn or ObjectKind.ColumnCollation && (id.Schema, id.Name) == (alter.From.Name.Schema, alter.From.Name.Name) && again.All(r => r.From.Name != id.Part);
    }

    private static ObjectId? Subject(PlanStep step) => step switch
    {
        PlanStep.DropObject drop => drop.Object.Id,
        PlanStep.CreateObject create => create.Object.Id,
        PlanStep.AlterObject alter => alter.To.Id,
        _ => null,
    };

    private static string? ChangedDefault(Alteration alteration) => alteration switch
    {
        Alteration.AlterColumn { Difference.Default: true } alter => alter.From.Name,
        Alteration.RecreateColumn recreate => recreate.From.Name,
        _ => null,
    };

    private static PlanStep.AlterTable Change(Table table, Column from, Column to) =>
        new(table, table, [new Alteration.AlterColumn(from, to, ColumnDifference.None with { Default = true })]);

    private static ObjectId Id(ObjectKind kind, Table table, Column column) => new(kind, table.Name.Schema, table.Name.Name, column.Name);
}
