namespace Sluice.Fuzzer.Drafts;

/// <summary>Invents schemas that are valid more often than not and touch every corner of the language.</summary>
internal sealed partial class Inventor(Dice dice)
{
    private static readonly string[] Actions = ["Cascade", "Restrict", "NoAction", "SetNull", "SetDefault"];

    public Draft Schema(int size)
    {
        var draft = new Draft();
        Datasource(draft);
        foreach (var _ in Enumerable.Range(0, dice.Between(0, Math.Max(1, size / 2))))
        {
            AddEnum(draft);
        }

        foreach (var _ in Enumerable.Range(0, dice.Between(1, size)))
        {
            AddEntity(draft);
        }

        foreach (var _ in Enumerable.Range(0, dice.Between(0, size)))
        {
            AddRelation(draft);
        }

        return draft;
    }

    private void Datasource(Draft draft)
    {
        draft.DatasourceLines.Add("provider = \"postgresql\"");
        draft.DatasourceLines.Add(dice.Chance(80) ? "url = env(\"DATABASE_URL\")" : "url = \"postgresql://u:p@localhost:5432/db\"");
        if (dice.Chance(6))
        {
            draft.DatasourceLines.Add("directUrl = env(\"DIRECT_URL\")");
        }

        if (dice.Chance(6))
        {
            draft.DatasourceLines.Add("shadowDatabaseUrl = env(\"SHADOW_URL\")");
        }

        if (dice.Chance(10))
        {
            draft.DatasourceLines.Add(dice.Chance(70) ? "relationMode = \"prisma\"" : "relationMode = \"foreignKeys\"");
        }

        if (dice.Chance(15))
        {
            draft.PreviewFeatures.Add("views");
        }

        if (dice.Chance(10))
        {
            draft.PreviewFeatures.Add("postgresqlExtensions");
            draft.DatasourceLines.Add($"extensions = [{string.Join(", ", dice.Some(Extensions, dice.Between(0, 3)))}]");
        }

        if (dice.Chance(15))
        {
            draft.Schemas = dice.Chance(70) ? ["public", "auth"] : ["one", "two", "third schema"];
        }
    }

    private static readonly string[] Extensions =
    [
        "citext", "pg_trgm", "uuid_ossp(map: \"uuid-ossp\")", "postgis(version: \"2.1\")", "hstore(schema: \"public\")", "pgcrypto(version: \"1.3\", schema: \"public\")",
    ];

    private string? SchemaOf(Draft draft) => draft.Schemas.Count == 0
        ? dice.Chance(1) ? "public" : null
        : dice.Chance(99) ? dice.Pick(draft.Schemas) : null;

    public void AddEnum(Draft draft)
    {
        var definition = new DraftEnum { Name = Names.Entity(dice, draft), Schema = SchemaOf(draft) };
        definition.Map = dice.Chance(15) ? Names.Map(dice, draft) : null;
        foreach (var i in Enumerable.Range(0, dice.Between(1, 5)))
        {
            definition.Values.Add(EnumValue(draft));
        }

        draft.Enums.Add(definition);
    }

    public DraftEnumValue EnumValue(Draft draft) =>
        new($"{dice.Pick(["RED", "green", "Blue", "a_b", "Z9"])}{draft.NextName++}", dice.Chance(12) ? Names.Map(dice, draft) : null);

    public void AddEntity(Draft draft)
    {
        var isView = draft.PreviewFeatures.Contains("views") && dice.Chance(30);
        var entity = new DraftEntity { Name = Names.Entity(dice, draft), IsView = isView, Schema = SchemaOf(draft) };
        entity.Map = dice.Chance(20) ? Names.Map(dice, draft) : null;
        entity.Ignored = dice.Chance(3);
        entity.Comment = Comment(entity: true);
        foreach (var _ in Enumerable.Range(0, dice.Between(1, 7)))
        {
            AddField(draft, entity);
        }

        if (!isView || dice.Chance(2))
        {
            Key(draft, entity);
            foreach (var _ in Enumerable.Range(0, dice.Chance(50) ? 0 : dice.Between(1, 3)))
            {
                AddIndex(draft, entity);
            }
        }

        draft.Entities.Add(entity);
    }

    private string? Comment(bool entity) => dice.Chance(6)
        ? dice.Pick<string>(entity ? ["/// Documentation", "// größe 🙂 remark", "/// one\n/// two", "/* block */"] : ["// trailing", "/// documented: ü", "/// @renamedFrom(\"x\")"])
        : null;

    private void Key(Draft draft, DraftEntity entity)
    {
        if (dice.Chance(75))
        {
            var field = new DraftField { Name = Names.Field(dice, draft), Type = dice.Pick(["Int", "String", "BigInt", "String", "Int", Types.Scalar(dice)]), Id = IdArguments() };
            field.Native = dice.Chance(20) ? Types.Native(dice, field.Type) : null;
            field.Default = dice.Chance(60) ? Types.Default(dice, draft, field) : null;
            field.Map = dice.Chance(10) ? Names.Map(dice, draft) : null;
            entity.Fields.Insert(dice.Chance(80) ? 0 : entity.Fields.Count, field);
            return;
        }

        var required = entity.Fields.Where(f => f.Arity.Length == 0 && !f.Type.StartsWith("Unsupported", StringComparison.Ordinal)).ToList();
        if (required.Count == 0)
        {
            entity.Fields.Add(new DraftField { Name = Names.Field(dice, draft), Type = "Int", Unique = "" });
            return;
        }

        if (dice.Chance(15))
        {
            dice.Pick(required).Unique = "";
            return;
        }

        var key = new DraftIndex { Kind = dice.Chance(90) ? "id" : "unique" };
        key.Parts = [.. dice.Some(required, dice.Between(1, 3)).Select(f => new DraftIndexPart(f.Name, dice.Chance(1) ? "sort: Desc" : ""))];
        key.Map = dice.Chance(15) ? Names.Constraint(dice, draft) : null;
        key.Name = dice.Chance(8) ? $"pk{draft.NextName++}" : null;
        entity.Indexes.Add(key);
    }

    private string IdArguments() => dice.Roll(14) switch
    {
        0 => $"map: \"custom_pk_{dice.Roll(1000)}\"",
        1 when dice.Chance(10) => "sort: Desc",
        _ => "",
    };

    public DraftField AddField(Draft draft, DraftEntity entity)
    {
        var field = new DraftField { Name = Names.Field(dice, draft), Type = "" };
        Retype(draft, field);
        field.Map = dice.Chance(12) ? Names.Map(dice, draft) : null;
        field.Ignored = dice.Chance(2);
        field.Comment = Comment(entity: false);
        if (field.Arity != "[]" && dice.Chance(8))
        {
            field.Unique = dice.Chance(25) ? $"map: \"uq_{draft.NextName++}\"" : dice.Chance(10) ? "sort: Desc" : "";
        }

        field.UpdatedAt = field.Type == "DateTime" && (field.Arity != "[]" || dice.Chance(5)) && dice.Chance(25);
        entity.Fields.Insert(dice.Roll(entity.Fields.Count + 1), field);
        return field;
    }

    /// <summary>A new type with arity, native type and default that go with it.</summary>
    public void Retype(Draft draft, DraftField field)
    {
        field.Type = draft.Enums.Count > 0 && dice.Chance(18) ? dice.Pick(draft.Enums).Name
            : dice.Chance(5) ? Types.Unsupported(dice)
            : Types.Scalar(dice);
        field.Arity = dice.Roll(10) switch
        {
            < 3 => "?",
            3 => "[]",
            _ => "",
        };
        field.Native = dice.Chance(30) ? Types.Native(dice, field.Type) : null;
        field.Default = dice.Chance(30) ? Types.Default(dice, draft, field) : null;
    }
}
