namespace Sluice.Fuzzer.Drafts;

/// <summary>A schema while it is invented: loose enough to be wrong, structured enough to be edited.</summary>
internal sealed class Draft
{
    public List<string> DatasourceLines { get; set; } = [];

    public List<string> PreviewFeatures { get; set; } = [];

    /// <summary>Empty when the schema has no `schemas` list.</summary>
    public List<string> Schemas { get; set; } = [];

    public List<DraftEntity> Entities { get; set; } = [];

    public List<DraftEnum> Enums { get; set; } = [];

    public List<DraftRelation> Relations { get; set; } = [];

    public int NextName { get; set; }

    public IEnumerable<DraftEntity> Models => Entities.Where(e => !e.IsView);

    public Draft Clone() => new()
    {
        DatasourceLines = [.. DatasourceLines],
        PreviewFeatures = [.. PreviewFeatures],
        Schemas = [.. Schemas],
        Entities = [.. Entities.Select(e => e.Clone())],
        Enums = [.. Enums.Select(e => e.Clone())],
        Relations = [.. Relations.Select(r => r.Clone())],
        NextName = NextName,
    };
}

internal sealed class DraftEntity
{
    public required string Name { get; set; }

    public string? Map { get; set; }

    public string? Schema { get; set; }

    public bool IsView { get; init; }

    public bool Ignored { get; set; }

    public string? Comment { get; set; }

    public List<DraftField> Fields { get; set; } = [];

    public List<DraftIndex> Indexes { get; set; } = [];

    public DraftEntity Clone() => new()
    {
        Name = Name,
        Map = Map,
        Schema = Schema,
        IsView = IsView,
        Ignored = Ignored,
        Comment = Comment,
        Fields = [.. Fields.Select(f => f.Clone())],
        Indexes = [.. Indexes.Select(i => i.Clone())],
    };
}

internal sealed class DraftField
{
    public required string Name { get; set; }

    /// <summary>A scalar's or enum's name, or `Unsupported("…")`.</summary>
    public required string Type { get; set; }

    /// <summary>Empty, `?` or `[]`.</summary>
    public string Arity { get; set; } = "";

    public string? Native { get; set; }

    public string? Default { get; set; }

    /// <summary>What stands in the brackets of `@id`; null when there is no such attribute.</summary>
    public string? Id { get; set; }

    public string? Unique { get; set; }

    public string? Map { get; set; }

    public bool UpdatedAt { get; set; }

    public bool Ignored { get; set; }

    public string? Comment { get; set; }

    public DraftField Clone() => (DraftField)MemberwiseClone();
}

internal sealed class DraftIndex
{
    /// <summary>`index`, `unique` or `id`.</summary>
    public required string Kind { get; init; }

    public List<DraftIndexPart> Parts { get; set; } = [];

    public string? Type { get; set; }

    public string? Map { get; set; }

    public string? Name { get; set; }

    public DraftIndex Clone() => new() { Kind = Kind, Parts = [.. Parts], Type = Type, Map = Map, Name = Name };
}

/// <param name="Arguments">What stands in the brackets after the field; empty for none.</param>
internal sealed record DraftIndexPart(string Field, string Arguments);

internal enum DraftRelationKind
{
    OneToOne,
    OneToMany,
    ManyToMany,
}

/// <summary>From the entity that holds the foreign key to the one it names.</summary>
internal sealed class DraftRelation
{
    public DraftRelationKind Kind { get; set; }

    public required string From { get; set; }

    public required string To { get; set; }

    public required string FromField { get; set; }

    public required string ToField { get; set; }

    public string? Name { get; set; }

    public List<string> Fields { get; set; } = [];

    public List<string> References { get; set; } = [];

    public bool Optional { get; set; }

    public string? OnDelete { get; set; }

    public string? OnUpdate { get; set; }

    public string? Map { get; set; }

    public bool Ignored { get; set; }

    public DraftRelation Clone()
    {
        var copy = (DraftRelation)MemberwiseClone();
        copy.Fields = [.. Fields];
        copy.References = [.. References];
        return copy;
    }
}

internal sealed class DraftEnum
{
    public required string Name { get; set; }

    public string? Map { get; set; }

    public string? Schema { get; set; }

    public List<DraftEnumValue> Values { get; set; } = [];

    public DraftEnum Clone() => new() { Name = Name, Map = Map, Schema = Schema, Values = [.. Values] };
}

internal sealed record DraftEnumValue(string Name, string? Map);
