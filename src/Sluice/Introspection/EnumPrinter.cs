using Sluice.Catalog;

namespace Sluice.Introspection;

internal sealed class EnumPrinter(Database database, Pairing pairing, Naming naming, PullFindings findings)
{
    public PulledBlock Print(EnumType type)
    {
        var name = naming.Enum(type.Name);
        var previous = pairing.Enum(type.Name);
        var block = new PulledBlock("enum", name.Name, previous?.Documentation);
        if (type.Comment is not null && previous is null)
        {
            block.Remark(Remarks.EnumHasComment);
            findings.Add(PullFinding.DatabaseComment, name.Name);
        }

        foreach (var label in type.Values)
        {
            var value = naming.Value(type.Name, label)!;
            if (value.IsUnsayable)
            {
                findings.Add(PullFinding.EnumValueCommentedOut, $"{name.Name}: {label}");
            }

            var documentation = previous?.Values.FirstOrDefault(v => v.DatabaseName == label)?.Documentation;
            block.Fields.Add(new PulledField(value.Name, "", value.Map is null ? [] : [$"@map({Literals.Text(value.Map)})"], documentation) { IsCommentedOut = value.IsUnsayable });
        }

        if (name.Map is not null)
        {
            block.Attributes.Add(new PulledAttribute("map", $"@@map({Literals.Text(name.Map)})"));
        }

        if (database.QualifyNames)
        {
            block.Attributes.Add(new PulledAttribute("schema", $"@@schema({Literals.Text(type.Name.Schema)})"));
        }

        return block;
    }
}
