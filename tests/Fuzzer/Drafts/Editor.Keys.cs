namespace Sluice.Fuzzer.Drafts;

internal sealed partial class Editor
{
    private void ChangeIndex(Draft draft)
    {
        if (draft.Models.ToList() is not { Count: > 0 } models)
        {
            return;
        }

        var model = dice.Pick(models);
        if (model.Indexes.Count == 0 || dice.Chance(35))
        {
            inventor.AddIndex(draft, model);
            return;
        }

        var index = dice.Pick(model.Indexes);
        switch (dice.Roll(6))
        {
            case 0 or 1:
                model.Indexes.Remove(index);
                break;
            case 2:
                index.Map = index.Map is null || dice.Chance(50) ? Names.Constraint(dice, draft) : null;
                break;
            case 3:
                index.Parts = [.. index.Parts.Select(p => p.Arguments.Length == 0 || p.Arguments.StartsWith("sort", StringComparison.Ordinal) ? p with { Arguments = inventor.Sort(index.Kind) } : p)];
                break;
            case 4:
                index.Parts.Reverse();
                break;
            default:
                index.Type = index.Type is null && index.Kind == "index" ? dice.Pick(["Hash", "Brin", "Gin"]) : null;
                index.Parts = [.. index.Parts.Take(1).Select(p => p with { Arguments = "" })];
                break;
        }
    }

    private void ChangeRelation(Draft draft)
    {
        if (draft.Relations.Count == 0)
        {
            inventor.AddRelation(draft);
            return;
        }

        var relation = dice.Pick(draft.Relations);
        switch (dice.Roll(6))
        {
            case 0:
                draft.Relations.Remove(relation);
                break;
            case 1:
                relation.OnDelete = relation.OnDelete is null ? dice.Pick(["Cascade", "Restrict", "NoAction", "SetNull", "SetDefault"]) : null;
                break;
            case 2:
                relation.OnUpdate = relation.OnUpdate is null ? dice.Pick(["Cascade", "Restrict", "NoAction"]) : null;
                break;
            case 3:
                relation.Map = relation.Map is null ? Names.Constraint(dice, draft) : null;
                break;
            case 4:
                relation.Name = $"renamed{draft.NextName++}";
                break;
            default:
                Optional(draft, relation);
                break;
        }
    }

    private static void Optional(Draft draft, DraftRelation relation)
    {
        relation.Optional = !relation.Optional;
        var from = draft.Entities.Find(e => e.Name == relation.From);
        foreach (var field in from?.Fields.Where(f => relation.Fields.Contains(f.Name)) ?? [])
        {
            field.Arity = relation.Optional ? "?" : "";
        }
    }
}
