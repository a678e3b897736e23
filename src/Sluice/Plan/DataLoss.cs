using System.Collections.Immutable;
using System.Text;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Syntax;

namespace Sluice.Plan;

/// <summary>Which steps of a plan can lose data or fail on data; pure, the counting is done elsewhere.</summary>
public static class DataLoss
{
    public static ImmutableArray<DataLossCheck> Checks(MigrationPlan plan) =>
        [.. plan.Steps.SelectMany((step, i) => Of(step, i))];

    /// <summary>What the counts say: the warnings first, then what cannot be executed, each in the order of the steps.</summary>
    public static ImmutableArray<DataLossFinding> Evaluate(IEnumerable<DataLossCheck> checks, DataCounts counts) =>
        [.. checks
            .Select(c => DataLossMessage.For(c, counts) is { } message ? new DataLossFinding(c, message) : null)
            .OfType<DataLossFinding>()
            .OrderBy(f => f.IsUnexecutable)];

    /// <summary>The comment at the head of a migration.sql; empty when there is nothing that Prisma warns of.</summary>
    public static string Header(IReadOnlyCollection<DataLossFinding> findings)
    {
        DataLossFinding[] told = [.. findings.Where(f => f.Check is not DataLossCheck.NarrowingCast)];
        if (told.Length == 0)
        {
            return "";
        }

        var text = new StringBuilder("/*\n  Warnings:\n\n");
        foreach (var finding in told)
        {
            // A name may hold the end of a comment, or the beginning of another: PostgreSQL nests them.
            var message = finding.Message.Replace("*/", "* /", StringComparison.Ordinal).Replace("/*", "/ *", StringComparison.Ordinal);
            text.Append("  - ").Append(message).Append('\n');
        }

        return text.Append("\n*/\n").ToString();
    }

    private static IEnumerable<DataLossCheck> Of(PlanStep step, int index) => step switch
    {
        PlanStep.AlterTable alter => alter.Alterations.Items.SelectMany(a => Of(a, alter.From.Name, index)),
        PlanStep.DropTable drop => [new DataLossCheck.NonEmptyTableDrop(index, drop.Table.Name)],
        PlanStep.CreateIndex { OnNewTable: false, Again: false, Index.IsUnique: true } create =>
            [new DataLossCheck.UniqueConstraintAddition(index, create.Table, [.. create.Index.Columns.Items.Select(c => c.Name)])],
        PlanStep.DropObject { Object.Id: { Kind: ObjectKind.Partition } id } => [new DataLossCheck.NonEmptyTableDrop(index, new ObjectName(id.Schema, id.Name))],
        PlanStep.DropObject { Again: false, Object.Id: { Kind: ObjectKind.MaterializedView or ObjectKind.Sequence } id } => [new DataLossCheck.ObjectDrop(index, id)],
        PlanStep.RecreateEnum { Removed.Count: > 0 } change => [new DataLossCheck.EnumValueRemoval(index, change.To.Name, change.Removed)],
        _ => [],
    };

    private static IEnumerable<DataLossCheck> Of(Alteration alteration, ObjectName table, int index) => alteration switch
    {
        Alteration.DropColumn { Again: false } drop => [new DataLossCheck.NonEmptyColumnDrop(index, table, drop.Column.Name)],
        Alteration.AddColumn { IsRequiredWithoutDefault: true } add =>
            [new DataLossCheck.AddedRequiredColumn(index, table, add.Column.Name, add.Column.HasClientDefault)],
        Alteration.DropPrimaryKey => [new DataLossCheck.PrimaryKeyChange(index, table)],
        Alteration.AlterColumn alter => Of(alter, table, index),
        Alteration.RecreateColumn { KeepsNothingOfItsOwn: true } => [],
        Alteration.RecreateColumn recreate => [Of(recreate, table, index)],
        _ => [],
    };

    private static IEnumerable<DataLossCheck> Of(Alteration.AlterColumn alter, ObjectName table, int index)
    {
        var (from, to, difference) = alter;
        if (difference.Arity && from.Arity is FieldArity.Optional && to.Arity is FieldArity.Required)
        {
            yield return new DataLossCheck.MadeOptionalFieldRequired(index, table, from.Name);
        }

        if (difference.Arity && to.Arity is FieldArity.List)
        {
            yield return new DataLossCheck.MadeScalarFieldIntoArrayField(index, table, from.Name);
        }

        if (difference.Type is TypeCast.Risky)
        {
            yield return new DataLossCheck.RiskyCast(index, table, from.Name, TypeNames.InSchema(from.Type), TypeNames.InSchema(to.Type));
        }

        if (difference.Type is TypeCast.Safe
            && (from.Type, to.Type) is (ColumnType.Native previous, ColumnType.Native next)
            && TypeCasts.MayChange(previous.Type, next.Type))
        {
            yield return new DataLossCheck.NarrowingCast(index, table, from.Name, previous.Type, next.Type, from.Arity is FieldArity.List);
        }
    }

    private static DataLossCheck Of(Alteration.RecreateColumn recreate, ObjectName table, int index)
    {
        var (from, to, difference) = recreate;
        if (to is not { Arity: FieldArity.Required, Default: null, Generated: null })
        {
            return new DataLossCheck.DropAndRecreateColumn(index, table, from.Name);
        }

        return difference.Arity && from.Arity is FieldArity.Optional
            ? new DataLossCheck.AddedRequiredColumn(index, table, from.Name, HasClientDefault: false)
            : new DataLossCheck.DropAndRecreateRequiredColumn(index, table, from.Name);
    }
}
