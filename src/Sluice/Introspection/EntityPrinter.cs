using Sluice.Catalog;
using Sluice.Model;

namespace Sluice.Introspection;

/// <summary>Tables and views as blocks.</summary>
internal sealed class EntityPrinter(
    Database database,
    Pairing pairing,
    Naming naming,
    Identifiers identifiers,
    RelationFields relations,
    PullFindings findings)
{
    private readonly FieldPrinter fields = new(pairing, naming, findings);
    private readonly IndexPrinter indexes = new(pairing, naming, findings);

    public PulledBlock Table(Table table)
    {
        var name = naming.Table(table.Name);
        var previous = pairing.Entity(table.Name, isView: false);
        var block = new PulledBlock("model", name.Name, previous?.Documentation);
        new TableRemarks(table, name, isNew: previous is null, block, findings).Add();
        if (table.Columns.Count == 0)
        {
            block.IsCommentedOut = true;
        }
        else if (!identifiers.Has(table) && previous is not { IsIgnored: true })
        {
            block.Remark(Remarks.WithoutIdentifier);
            findings.Add(PullFinding.WithoutIdentifier, name.Name);
        }

        block.Fields.AddRange(table.Columns.Select(c => fields.OfTable(table, c)));
        block.Fields.AddRange(relations.Of(table));
        block.Fields.AddRange(Copied(previous, name));
        block.Attributes.AddRange(indexes.Print(table, previous));
        AddCommon(block, table.Name, name, identifiers.IsIgnored(table));
        return block;
    }

    public PulledBlock View(View view)
    {
        var name = naming.View(view.Name);
        var previous = pairing.Entity(view.Name, isView: true);
        var block = new PulledBlock("view", name.Name, previous?.Documentation);
        if (name.Origin is NameOrigin.Reserved)
        {
            block.Remark(Remarks.Renamed("view", name));
            findings.Add(PullFinding.ReservedName, name.Name);
        }

        if (previous is null && (view.Comment is not null || view.Columns.Any(c => c.Comment is not null)))
        {
            block.Remark(Remarks.HasComments("view"));
            findings.Add(PullFinding.DatabaseComment, name.Name);
        }

        block.Fields.AddRange(view.Columns.Select(c => fields.OfView(view, c)));
        block.Fields.AddRange(Copied(previous, name));
        AddCommon(block, view.Name, name, previous is { IsIgnored: true });
        return block;
    }

    private List<PulledField> Copied(Entity? previous, PulledName name)
    {
        var copied = relations.Copied(previous).ToList();
        if (copied.Count > 0)
        {
            findings.Add(PullFinding.CopiedRelation, name.Name);
        }

        return copied;
    }

    private void AddCommon(PulledBlock block, ObjectName objectName, PulledName name, bool isIgnored)
    {
        if (name.Map is not null)
        {
            block.Attributes.Add(new PulledAttribute("map", $"@@map({Literals.Text(name.Map)})"));
        }

        if (name.Origin is NameOrigin.Duplicate)
        {
            findings.Add(PullFinding.DuplicateName, $"{objectName.Schema}.{objectName.Name}: {name.Name}");
        }

        if (isIgnored)
        {
            block.Attributes.Add(new PulledAttribute("ignore", "@@ignore"));
        }

        if (database.QualifyNames)
        {
            block.Attributes.Add(new PulledAttribute("schema", $"@@schema({Literals.Text(objectName.Schema)})"));
        }
    }
}
