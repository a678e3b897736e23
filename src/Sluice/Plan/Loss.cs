using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Model;
using Sluice.Syntax;

namespace Sluice.Plan;

/// <summary>Values of one table that a plan destroys, and by what they find their rows again.</summary>
/// <param name="Table">As it is before the plan.</param>
/// <param name="Columns">Those whose values go; all of them where the table does.</param>
/// <param name="IsTable">The table itself goes.</param>
/// <param name="Key">Columns that identify a row before and after; empty where there are none, or where the table goes.</param>
public sealed record Loss(Table Table, ImmutableArray<LostColumn> Columns, bool IsTable, ImmutableArray<Column> Key)
{
    /// <summary>What an archive can give back: whole rows, or values that find their rows.</summary>
    public ImmutableArray<LostColumn> Keepable => IsTable ? Columns : Key.IsEmpty ? [] : [.. Columns.Where(c => c.CanComeBack)];

    /// <summary>What a plan destroys, table by table, in the order of its steps.</summary>
    public static ImmutableArray<Loss> Of(MigrationPlan plan)
    {
        // The two directions know such a table by different names, and an archive could not find its rows again.
        var renamed = plan.Renames.Select(r => r switch
        {
            Rename.Table table => table.To,
            Rename.Column column => column.Of,
            _ => (ObjectName?)null,
        }).ToHashSet();
        return [.. plan.Steps.Select(Of).OfType<Loss>().Select(l => renamed.Contains(l.Table.Name) ? l with { Key = [] } : l)];
    }

    internal static Loss? Of(PlanStep step) => step switch
    {
        PlanStep.DropTable { Table: var table } => new Loss(table, [.. table.Columns.Items.Select(c => new LostColumn(c, null))], true, []),
        PlanStep.AlterTable alter when Lost(alter) is { IsEmpty: false } lost => new Loss(alter.From, lost, false, KeyOf(alter, lost)),
        _ => null,
    };

    private static ImmutableArray<LostColumn> Lost(PlanStep.AlterTable alter) => [.. alter.Alterations.Items.Select(Lost).OfType<LostColumn>()];

    private static LostColumn? Lost(Alteration alteration) => alteration switch
    {
        Alteration.DropColumn { Again: false } drop => new LostColumn(drop.Column, null),
        Alteration.RecreateColumn { KeepsNothingOfItsOwn: false } recreate => new LostColumn(recreate.From, null),
        Alteration.AlterColumn { Difference.Type: TypeCast.Risky } cast => new LostColumn(cast.From, cast.To),
        Alteration.AlterColumn { Difference.Type: TypeCast.Safe, From.Type: ColumnType.Native from, To.Type: ColumnType.Native to } cast
            when TypeCasts.MayChange(from.Type, to.Type) => new LostColumn(cast.From, cast.To),
        _ => null,
    };

    /// <summary>The primary key, else a unique index over required columns, that the step leaves as it is.</summary>
    private static ImmutableArray<Column> KeyOf(PlanStep.AlterTable alter, ImmutableArray<LostColumn> lost)
    {
        var table = alter.From;
        var keys = table.Indexes.Items.Where(i => i is { IsUnique: true, Where: null }).Select(i => i.Columns)
            .Prepend(table.PrimaryKey?.Columns ?? [])
            .Select(k => k.Items.Select(c => table.Column(c.Name)).OfType<Column>().ToArray());
        return [.. keys.FirstOrDefault(k => k.Length > 0 && k.All(Stays)) ?? []];

        bool Stays(Column column) =>
            column.Arity is FieldArity.Required
            && lost.All(l => l.Column.Name != column.Name)
            && alter.To.Column(column.Name) is { Arity: FieldArity.Required }
            && !alter.Alterations.Items.Any(a => a is Alteration.AlterColumn { Difference.Type: not null } other && other.From.Name == column.Name);
    }
}

/// <param name="Column">As it is before.</param>
/// <param name="CastTo">What its values are cast to; null where the column goes.</param>
public sealed record LostColumn(Column Column, Column? CastTo)
{
    /// <summary>After a cast and the cast back, a value that nobody has written since can be told from one that somebody has.</summary>
    public bool CanComeBack => CastTo is null
        || (IsPlain(Column) && IsPlain(CastTo));

    // The others are converted by an expression of their own, or depend on more than the value.
    private static bool IsPlain(Column column) =>
        column is { Arity: not FieldArity.List, Type: ColumnType.Native { Type.Kind: not (NativeKind.Citext or NativeKind.Money or NativeKind.Timetz or NativeKind.Json or NativeKind.Xml) } };
}
