namespace Sluice.Fuzzer.Drafts;

internal sealed partial class Inventor
{
    public void AddRelation(Draft draft)
    {
        var models = draft.Models.ToList();
        if (models.Count == 0)
        {
            return;
        }

        var from = dice.Pick(models);
        var to = dice.Chance(20) ? from : dice.Pick(models);
        var kind = dice.Roll(10) switch
        {
            < 2 => DraftRelationKind.OneToOne,
            < 8 => DraftRelationKind.OneToMany,
            _ => DraftRelationKind.ManyToMany,
        };
        var relation = new DraftRelation
        {
            Kind = kind,
            From = from.Name,
            To = to.Name,
            FromField = Names.Field(dice, draft),
            ToField = Names.Field(dice, draft),
        };
        var another = draft.Relations.Exists(r => (r.From == from.Name && r.To == to.Name) || (r.From == to.Name && r.To == from.Name));
        relation.Name = another || from == to ? dice.Chance(98) ? RelationName(draft) : null
            : dice.Chance(15) ? RelationName(draft) : null;
        relation.Ignored = (from.Ignored || to.Ignored) && dice.Chance(90);
        if (kind is DraftRelationKind.ManyToMany && !(HasKey(from) && HasKey(to)) && dice.Chance(95))
        {
            return;
        }

        if (kind is not DraftRelationKind.ManyToMany && !ForeignKey(draft, relation, from, to))
        {
            return;
        }

        draft.Relations.Add(relation);
    }

    private string RelationName(Draft draft) => dice.Chance(85) ? $"rel{draft.NextName++}" : dice.Pick([$"Rel ation{draft.NextName++}", $"größe{draft.NextName++}"]);

    private static bool HasKey(DraftEntity entity) => entity.Fields.Exists(f => f.Id is not null);

    private bool ForeignKey(Draft draft, DraftRelation relation, DraftEntity from, DraftEntity to)
    {
        if (Candidate(to) is not { Count: > 0 } references)
        {
            return false;
        }

        relation.Optional = dice.Chance(40);
        foreach (var reference in references)
        {
            var same = from.Fields.Where(f => f.Type == reference.Type && f.Native == reference.Native && f.Arity != "[]" && !relation.Fields.Contains(f.Name)).ToList();
            if (same.Count > 0 && dice.Chance(15))
            {
                relation.Fields.Add(dice.Pick(same).Name);
            }
            else
            {
                var field = new DraftField
                {
                    Name = Names.Field(dice, draft),
                    Type = reference.Type,
                    Native = dice.Chance(97) ? reference.Native : null,
                    Arity = relation.Optional ? "?" : "",
                };
                field.Map = dice.Chance(12) ? Names.Map(dice, draft) : null;
                from.Fields.Add(field);
                relation.Fields.Add(field.Name);
            }

            relation.References.Add(reference.Name);
        }

        if (relation.Kind is DraftRelationKind.OneToOne && dice.Chance(97))
        {
            Unify(from, relation);
        }

        relation.OnDelete = dice.Chance(35) ? dice.Pick(Actions) : null;
        relation.OnUpdate = dice.Chance(25) ? dice.Pick(Actions) : null;
        relation.Map = dice.Chance(10) ? Names.Constraint(dice, draft) : null;
        return true;
    }

    private static void Unify(DraftEntity from, DraftRelation relation)
    {
        if (relation.Fields.Count == 1)
        {
            from.Fields.Find(f => f.Name == relation.Fields[0])!.Unique ??= "";
        }
        else
        {
            from.Indexes.Add(new DraftIndex { Kind = "unique", Parts = [.. relation.Fields.Select(f => new DraftIndexPart(f, ""))] });
        }
    }

    /// <summary>The fields of one of the keys that a relation may name.</summary>
    private List<DraftField> Candidate(DraftEntity to)
    {
        var keys = to.Fields.Where(f => f.Id is not null || f.Unique is not null).Select(f => new List<DraftField> { f })
            .Concat(to.Indexes.Where(i => i.Kind is "id" or "unique").Select(i => i.Parts.Select(p => to.Fields.Find(f => f.Name == p.Field)).OfType<DraftField>().ToList()))
            .ToList();
        return keys.Count == 0 ? [] : dice.Chance(98) ? dice.Pick(keys) : [dice.Pick(to.Fields)];
    }
}
