namespace Sluice.Fuzzer.Drafts;

internal sealed partial class Editor
{
    private void ChangeField(Draft draft)
    {
        if (draft.Entities.Where(e => e.Fields.Count > 0).ToList() is not { Count: > 0 } entities)
        {
            return;
        }

        var entity = dice.Pick(entities);
        var field = dice.Pick(entity.Fields);
        switch (dice.Roll(14))
        {
            case 0 or 1:
                inventor.AddField(draft, entity);
                break;
            case 2 or 3:
                DropField(draft, entity, field);
                break;
            case 4:
                RenameField(draft, entity, field);
                break;
            case 5 or 6:
                Retype(draft, entity, field);
                break;
            case 7 or 8:
                Arity(draft, entity, field);
                break;
            case 9:
                field.Default = field.Default is null || dice.Chance(60) ? Types.Default(dice, draft, field) : null;
                break;
            case 10:
                Native(draft, entity, field);
                break;
            case 11:
                field.Map = field.Map is null ? Names.Map(dice, draft) : null;
                break;
            case 12:
                Unique(draft, entity, field);
                break;
            default:
                entity.Fields.Remove(field);
                entity.Fields.Insert(dice.Roll(entity.Fields.Count + 1), field);
                break;
        }
    }

    private void Unique(Draft draft, DraftEntity entity, DraftField field)
    {
        if (field.Unique is null)
        {
            field.Unique = dice.Chance(80) ? "" : $"map: \"uq_{draft.NextName++}\"";
        }
        else if (!InRelation(draft, entity, field))
        {
            field.Unique = null;
        }
    }

    private void DropField(Draft draft, DraftEntity entity, DraftField field)
    {
        if (field.Id is not null && dice.Chance(80))
        {
            return;
        }

        entity.Fields.Remove(field);
        entity.Indexes.RemoveAll(i => i.Parts.Exists(p => p.Field == field.Name));
        draft.Relations.RemoveAll(r => Uses(r, entity, field));
    }

    private static void RenameField(Draft draft, DraftEntity entity, DraftField field)
    {
        var name = $"{field.Name}R{draft.NextName++}";
        foreach (var index in entity.Indexes)
        {
            index.Parts = [.. index.Parts.Select(p => p.Field == field.Name ? p with { Field = name } : p)];
        }

        foreach (var relation in draft.Relations)
        {
            if (relation.From == entity.Name)
            {
                relation.Fields = [.. relation.Fields.Select(f => f == field.Name ? name : f)];
            }

            if (relation.To == entity.Name)
            {
                relation.References = [.. relation.References.Select(f => f == field.Name ? name : f)];
            }
        }

        field.Name = name;
    }

    private void Retype(Draft draft, DraftEntity entity, DraftField field)
    {
        if (InRelation(draft, entity, field))
        {
            return;
        }

        var key = field.Id is not null || entity.Indexes.Exists(i => i.Kind == "id" && i.Parts.Exists(p => p.Field == field.Name));
        inventor.Retype(draft, field);
        field.UpdatedAt = false;
        if (key)
        {
            field.Arity = "";
        }

        foreach (var index in entity.Indexes.Where(i => i.Type is not null))
        {
            index.Parts = [.. index.Parts.Select(p => p.Field == field.Name ? p with { Arguments = "" } : p)];
        }
    }

    private void Arity(Draft draft, DraftEntity entity, DraftField field)
    {
        if (field.Id is not null || InRelation(draft, entity, field))
        {
            return;
        }

        var list = field.Arity == "[]";
        field.Arity = dice.Roll(5) switch
        {
            0 => "[]",
            _ => field.Arity.Length == 0 ? "?" : "",
        };
        if (list != (field.Arity == "[]"))
        {
            field.Default = null;
        }
    }

    private void Native(Draft draft, DraftEntity entity, DraftField field)
    {
        if (!InRelation(draft, entity, field) && Types.Scalars.Contains(field.Type))
        {
            field.Native = field.Native is null || dice.Chance(70) ? Types.Native(dice, field.Type) : null;
        }
    }

    private static bool InRelation(Draft draft, DraftEntity entity, DraftField field) => draft.Relations.Exists(r => Uses(r, entity, field));

    private static bool Uses(DraftRelation relation, DraftEntity entity, DraftField field) =>
        (relation.From == entity.Name && relation.Fields.Contains(field.Name)) || (relation.To == entity.Name && relation.References.Contains(field.Name));
}
