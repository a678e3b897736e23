using System.Collections.Immutable;
using System.Diagnostics;
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
        PlainValues(made);
        foreach (var create in steps.OfType<PlanStep.CreateTable>())
        {
            ComputedOfNew(made, create);
        }

        foreach (var alter in steps.OfType<PlanStep.AlterTable>())
        {
            Computed(made, alter, from, released);
        }

        return [.. made];
    }

    // A column that keeps what was computed, as values of its own, first stops looking at the others.
    private static void PlainValues(List<PlanStep> steps)
    {
        var first = steps.FindIndex(s => s is PlanStep.DropObject { Object.Id.Kind: ObjectKind.DomainColumn or ObjectKind.ColumnCollation });
        PlanStep[] plain = [.. steps.Where((s, i) => i > first && first >= 0 && s is PlanStep.DropObject { Object.Id.Kind: ObjectKind.GeneratedColumn })];
        steps.RemoveAll(plain.Contains);
        steps.InsertRange(Math.Max(first, 0), plain);
    }

    private static void Defaults(List<PlanStep> steps, Database from, Database to, HashSet<ObjectId> released)
    {
        var wanted = to.Tables.Items.ToDictionary(t => t.Name);
        var changed = steps.OfType<PlanStep.AlterTable>().SelectMany(s => s.Alterations.Items.Select(a => (s.To.Name, Column: ChangedDefault(a)))).ToHashSet();
        foreach (var table in from.Tables.Items)
        {
            foreach (var column in table.Columns.Items.Where(c => c is { Default: not null, IsComputed: false } && from.Dependencies.Items.Any(d => d.Of == Id(ObjectKind.Column, table, c.Name) && released.Contains(d.On))))
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
        var leaving = alter.Alterations.Items.Where(a => a is Alteration.DropColumn { Column.IsComputed: true } or Alteration.RecreateColumn { From.IsComputed: true }).ToArray();
        var coming = alter.Alterations.Items.Where(a => a is Alteration.AddColumn { Column.IsComputed: true } or Alteration.RecreateColumn { To.IsComputed: true }).ToArray();
        var moving = leaving.Union(coming).ToArray();
        var names = moving.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        var functions = from.Dependencies.Items.Where(d => released.Contains(d.On) && leaving.Any(a => d.Of == Id(ObjectKind.GeneratedColumn, alter.From, NameOf(a)))).Select(d => d.On).ToHashSet();
        var hindered = steps.Where(s => Subject(s) is { } id && (functions.Contains(id) || IsTypeOf(alter.From.Name, id, names))).ToList();
        if (moving.Length == 0 || hindered.Count == 0)
        {
            return;
        }

        var arriving = hindered.Where(s => s is not PlanStep.DropObject && !functions.Contains(Subject(s)!)).ToList();
        Alteration[] rest = [.. alter.Alterations.Items.Except(moving)];
        Alteration[] last = [.. alter.Alterations.Items.Where(moving.Contains).Select(Return).OfType<Alteration>()];
        var at = steps.IndexOf(alter);
        steps.RemoveAll(s => s == alter || arriving.Contains(s));
        steps.InsertRange(at, [.. Altering(alter, rest), .. arriving, .. Altering(alter, last)]);
        var first = steps.FindIndex(s => s is PlanStep.DropObject && hindered.Contains(s)) is >= 0 and var found ? Math.Min(found, at) : at;
        // The indexes and keys that go would have gone with the column.
        PlanStep[] ahead = [.. steps.Take(at).Skip(first).Where(s => s switch
        {
            PlanStep.DropIndex drop => drop.Table == alter.From.Name && drop.Index.Columns.Items.Any(c => names.Contains(c.Name)),
            PlanStep.DropForeignKey drop => drop.Table == alter.From.Name || drop.Key.ReferencedTable == alter.From.Name,
            _ => false,
        })];
        steps.RemoveAll(ahead.Contains);
        steps.InsertRange(first, [.. ahead, .. Altering(alter, [.. leaving.Select(Leave)])]);
    }

    // Its columns take on domains and collations once it is there.
    private static void ComputedOfNew(List<PlanStep> steps, PlanStep.CreateTable create)
    {
        var table = create.Table;
        var computed = table.Columns.Items.Where(c => c.IsComputed && table.PrimaryKey?.Columns.Items.Any(k => k.Name == c.Name) is not true).ToArray();
        var arriving = steps.Where(s => Subject(s) is { } id && IsTypeOf(table.Name, id, [.. computed.Select(c => c.Name)])).ToList();
        if (computed.Length == 0 || arriving.Count == 0)
        {
            return;
        }

        var bare = table with { Columns = [.. table.Columns.Items.Except(computed)] };
        var at = steps.IndexOf(create);
        steps.RemoveAll(s => s == create || arriving.Contains(s));
        steps.InsertRange(at, [create with { Table = bare }, .. arriving, new PlanStep.AlterTable(bare, table, [.. computed.Select(c => new Alteration.AddColumn(c))])]);
    }

    private static PlanStep.AlterTable[] Altering(PlanStep.AlterTable alter, Alteration[] alterations) =>
        alterations.Length == 0 ? [] : [alter with { Alterations = [.. alterations] }];

    private static Alteration Leave(Alteration alteration) =>
        alteration is Alteration.RecreateColumn recreate ? new Alteration.DropColumn(recreate.From) { Again = true } : alteration;

    /// <summary>A column that held values of its own goes only where it comes back.</summary>
    private static Alteration? Return(Alteration alteration) => alteration switch
    {
        Alteration.DropColumn => null,
        Alteration.RecreateColumn { From.IsComputed: true } recreate => new Alteration.AddColumn(recreate.To),
        _ => alteration,
    };

    private static string NameOf(Alteration alteration) => alteration switch
    {
        Alteration.DropColumn drop => drop.Column.Name,
        Alteration.AddColumn add => add.Column.Name,
        Alteration.RecreateColumn recreate => recreate.From.Name,
        _ => throw new UnreachableException(alteration.GetType().Name),
    };

    private static bool IsTypeOf(ObjectName table, ObjectId id, HashSet<string> apart) =>
        id.Kind is ObjectKind.DomainColumn or ObjectKind.ColumnCollation && (id.Schema, id.Name) == (table.Schema, table.Name) && !apart.Contains(id.Part);

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

    private static ObjectId Id(ObjectKind kind, Table table, string column) => new(kind, table.Name.Schema, table.Name.Name, column);
}
