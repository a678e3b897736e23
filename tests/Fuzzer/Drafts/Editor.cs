namespace Sluice.Fuzzer.Drafts;

/// <summary>One random change after another, each as a person might make it.</summary>
internal sealed partial class Editor(Dice dice)
{
    private readonly Inventor inventor = new(dice);

    public Draft Edit(Draft original, int count)
    {
        var draft = original.Clone();
        foreach (var _ in Enumerable.Range(0, count))
        {
            One(draft);
        }

        return draft;
    }

    private void One(Draft draft)
    {
        switch (dice.Roll(20))
        {
            case 0:
                inventor.AddEntity(draft);
                break;
            case 1:
                DropEntity(draft);
                break;
            case 2:
                ChangeEntity(draft);
                break;
            case 3:
                inventor.AddRelation(draft);
                break;
            case 4 or 5:
                ChangeRelation(draft);
                break;
            case 6 or 7 or 8:
                ChangeEnum(draft);
                break;
            case 9 or 10 or 11:
                ChangeIndex(draft);
                break;
            case 12:
                Settings(draft);
                break;
            default:
                ChangeField(draft);
                break;
        }
    }

    private void Settings(Draft draft)
    {
        switch (dice.Roll(3))
        {
            case 0:
                if (draft.DatasourceLines.RemoveAll(l => l.StartsWith("relationMode", StringComparison.Ordinal)) == 0)
                {
                    draft.DatasourceLines.Add("relationMode = \"prisma\"");
                }

                break;
            case 1 when draft.Schemas.Count > 0:
                var schema = $"more{draft.NextName++}";
                draft.Schemas.Add(schema);
                dice.Pick(draft.Entities).Schema = schema;
                break;
            default:
                if (draft.PreviewFeatures.Contains("postgresqlExtensions"))
                {
                    draft.DatasourceLines.RemoveAll(l => l.StartsWith("extensions", StringComparison.Ordinal));
                    draft.DatasourceLines.Add(dice.Pick(["extensions = [citext]", "extensions = [postgis(version: \"3.0\"), pg_trgm]", "extensions = []"]));
                }

                break;
        }
    }

    private void DropEntity(Draft draft)
    {
        if (draft.Entities.Count > 1)
        {
            var name = dice.Pick(draft.Entities).Name;
            draft.Entities.RemoveAll(e => e.Name == name);
            draft.Relations.RemoveAll(r => r.From == name || r.To == name);
        }
    }

    private void ChangeEntity(Draft draft)
    {
        if (draft.Entities.Count == 0)
        {
            return;
        }

        var entity = dice.Pick(draft.Entities);
        switch (dice.Roll(5))
        {
            case 0:
                Rename(draft, entity, $"{entity.Name}New{draft.NextName++}");
                break;
            case 1:
                entity.Map = entity.Map is null ? Names.Map(dice, draft) : null;
                break;
            case 2:
                entity.Ignored = !entity.Ignored;
                break;
            case 3 when draft.Schemas.Count > 0:
                entity.Schema = dice.Pick(draft.Schemas);
                break;
            default:
                draft.Entities.Remove(entity);
                draft.Entities.Insert(dice.Roll(draft.Entities.Count + 1), entity);
                break;
        }
    }

    private static void Rename(Draft draft, DraftEntity entity, string name)
    {
        foreach (var relation in draft.Relations)
        {
            relation.From = relation.From == entity.Name ? name : relation.From;
            relation.To = relation.To == entity.Name ? name : relation.To;
        }

        entity.Name = name;
    }

    private void ChangeEnum(Draft draft)
    {
        if (draft.Enums.Count == 0 || dice.Chance(10))
        {
            inventor.AddEnum(draft);
            return;
        }

        var definition = dice.Pick(draft.Enums);
        switch (dice.Roll(8))
        {
            case 0 or 1:
                definition.Values.Insert(dice.Roll(definition.Values.Count + 1), inventor.EnumValue(draft));
                break;
            case 2 or 3 when definition.Values.Count > 1:
                DropValue(draft, definition);
                break;
            case 4:
                definition.Map = definition.Map is null ? Names.Map(dice, draft) : null;
                break;
            case 5 when draft.Schemas.Count > 0:
                definition.Schema = dice.Pick(draft.Schemas);
                break;
            case 6:
                DropEnum(draft, definition);
                break;
            default:
                definition.Values.Reverse();
                break;
        }
    }

    private void DropValue(Draft draft, DraftEnum definition)
    {
        var value = dice.Pick(definition.Values);
        definition.Values.Remove(value);
        foreach (var field in draft.Entities.SelectMany(e => e.Fields).Where(f => f.Type == definition.Name && f.Default is not null))
        {
            if (field.Default == value.Name)
            {
                field.Default = dice.Chance(50) ? null : definition.Values[0].Name;
            }
            else if (field.Default!.Contains(value.Name, StringComparison.Ordinal))
            {
                field.Default = null;
            }
        }
    }

    private static void DropEnum(Draft draft, DraftEnum definition)
    {
        draft.Enums.Remove(definition);
        foreach (var field in draft.Entities.SelectMany(e => e.Fields).Where(f => f.Type == definition.Name))
        {
            field.Type = "String";
            field.Native = null;
            field.Default = null;
        }
    }
}
