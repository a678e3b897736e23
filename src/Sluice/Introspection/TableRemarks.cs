using Sluice.Catalog;
using Sluice.Text;

namespace Sluice.Introspection;

/// <summary>What a table has and a model cannot say: a remark above a new model, a warning always.</summary>
internal sealed class TableRemarks(Table table, PulledName name, bool isNew, PulledBlock block, PullFindings findings)
{
    private readonly TableTraits traits = table.Traits;

    public void Add()
    {
        Remark(name.Origin is NameOrigin.Reserved, Remarks.Renamed("model", name), PullFinding.ReservedName);
        Remark(traits.IsPartition, Remarks.Partitioned, PullFinding.PartitionedTable);
        Remark(traits.HasSubclasses, Remarks.Inherited, PullFinding.InheritedTable);
        Remark(traits.CheckConstraints, Remarks.Checks, PullFinding.CheckConstraint);
        Remark(traits.ExclusionConstraints, Remarks.Exclusions, PullFinding.ExclusionConstraint);
        Remark(table.Columns.Count == 0, Remarks.WithoutColumns, PullFinding.EmptyTable);
        Remark(traits.Comment is not null, "", PullFinding.DatabaseComment);
        if (isNew && (traits.Comment is not null || table.Columns.Any(c => c.Comment is not null)))
        {
            block.Remark(Remarks.HasComments("model"));
        }

        Remark(traits.DeferrableConstraints, Remarks.Deferrable, PullFinding.DeferrableConstraint);
        Remark(traits.RowSecurity, Remarks.RowSecurity, PullFinding.RowSecurity);
        Remark(traits.NullsOrderIndexes, Remarks.NullsOrder, PullFinding.NullsOrder);
        Remark(traits.GeneratedColumns, "", PullFinding.GeneratedColumn);
        Remark(traits.ExpressionIndexes, Remarks.ExpressionIndex, PullFinding.ExpressionIndex);
    }

    private void Remark(bool applies, string remark, PullFinding finding)
    {
        if (applies)
        {
            findings.Add(finding, name.Name);
            Say(remark);
        }
    }

    private void Remark(EquatableArray<string> parts, string remark, PullFinding finding)
    {
        if (parts.Count > 0)
        {
            findings.AddAll(finding, name.Name, parts);
            Say(remark);
        }
    }

    private void Say(string remark)
    {
        if (isNew && remark.Length > 0)
        {
            block.Remark(remark);
        }
    }
}
