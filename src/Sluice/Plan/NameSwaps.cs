using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Plan;

/// <summary>Indexes and keys that take each other's name: who holds a name that is wanted makes way first.</summary>
internal static class NameSwaps
{
    public static ImmutableArray<PlanStep> Untangle(ImmutableArray<PlanStep> steps)
    {
        var untangled = steps.ToList();
        for (var i = 0; i < untangled.Count; i++)
        {
            foreach (var wanted in Renames(untangled[i]).Select(r => r.To).ToArray())
            {
                if (untangled.FindIndex(i + 1, s => Renames(s).Any(r => r.From == wanted)) is >= 0 and var holder)
                {
                    var aside = StoredNames.Cut(wanted.Name, 50) + "_aside";
                    var away = Away(untangled[holder], wanted, aside);
                    untangled[holder] = Back(untangled[holder], wanted, aside);
                    untangled.Insert(i++, away);
                }
            }
        }

        return [.. untangled];
    }

    private static IEnumerable<(ObjectName From, ObjectName To)> Renames(PlanStep step) => step switch
    {
        PlanStep.RenameIndex { Table: var table } rename => [(table with { Name = rename.From.Name }, table with { Name = rename.To.Name })],
        PlanStep.AlterTable { To.Name: var table } alter =>
            alter.Alterations.Items.OfType<Alteration.RenamePrimaryKey>().Select(r => (table with { Name = r.From.Name }, table with { Name = r.To.Name })),
        _ => [],
    };

    private static PlanStep Away(PlanStep step, ObjectName name, string aside) => step switch
    {
        PlanStep.RenameIndex rename => rename with { To = rename.From with { Name = aside } },
        PlanStep.AlterTable alter => alter with
        {
            Alterations = [.. alter.Alterations.Items.OfType<Alteration.RenamePrimaryKey>().Where(r => r.From.Name == name.Name).Select(r => r with { To = r.From with { Name = aside } })],
        },
        _ => step,
    };

    private static PlanStep Back(PlanStep step, ObjectName name, string aside) => step switch
    {
        PlanStep.RenameIndex rename => rename with { From = rename.From with { Name = aside } },
        PlanStep.AlterTable alter => alter with
        {
            Alterations = [.. alter.Alterations.Items.Select(a => a is Alteration.RenamePrimaryKey r && r.From.Name == name.Name ? r with { From = r.From with { Name = aside } } : a)],
        },
        _ => step,
    };
}
