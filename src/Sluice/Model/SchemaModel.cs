using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model;

/// <summary>What a schema means: every name resolved, every default made explicit, in the order of the text.</summary>
public sealed record SchemaModel(
    Datasource? Datasource,
    EquatableArray<Generator> Generators,
    EquatableArray<Entity> Entities,
    EquatableArray<EnumDefinition> Enums,
    EquatableArray<Relation> Relations)
{
    public IEnumerable<Entity> Models => Entities.Where(e => !e.IsView);

    public IEnumerable<Entity> Views => Entities.Where(e => e.IsView);
}

/// <summary>The `datasource` block. Urls are null when absent (dialect 7.x).</summary>
/// <param name="Schemas">The `schemas` list; empty when the property is absent, then names are not qualified.</param>
public sealed record Datasource(
    string Name,
    string Provider,
    ConfigValue? Url,
    ConfigValue? DirectUrl,
    ConfigValue? ShadowDatabaseUrl,
    RelationMode RelationMode,
    EquatableArray<string> Schemas,
    EquatableArray<ExtensionDefinition> Extensions,
    bool ExtensionsEnabled);

public enum RelationMode
{
    ForeignKeys,
    Prisma,
}

/// <summary>A literal text, or the name of an environment variable.</summary>
public sealed record ConfigValue(string? Literal, string? EnvironmentVariable);

/// <param name="Name">In the schema.</param>
/// <param name="DatabaseName">`map:`, else the name.</param>
public sealed record ExtensionDefinition(string Name, string DatabaseName, string? Version, string? Schema);

public sealed record Generator(
    string Name,
    ConfigValue? Provider,
    EquatableArray<string> PreviewFeatures,
    EquatableArray<GeneratorProperty> Properties,
    string? Documentation);

/// <summary>Any key of a generator block, kept as written.</summary>
public sealed record GeneratorProperty(string Name, ExpressionSyntax? Value);

/// <summary>A model or a view.</summary>
/// <param name="DatabaseName">`@@map`, else the name.</param>
/// <param name="Schema">`@@schema`, else null.</param>
public sealed record Entity(
    string Name,
    string DatabaseName,
    string? Schema,
    bool IsView,
    bool IsIgnored,
    EquatableArray<ScalarField> Fields,
    EquatableArray<RelationField> RelationFields,
    PrimaryKeyDefinition? PrimaryKey,
    EquatableArray<IndexDefinition> Indexes,
    string? Documentation)
{
    public ScalarField Field(string name) => Fields.First(f => f.Name == name);
}

/// <param name="ColumnName">`@map`, else the name.</param>
/// <param name="NativeType">The type in the database: `@db.X`, else PostgreSQL's default for the scalar. Null for enums and unsupported types.</param>
/// <param name="HasNativeAttribute">Whether `@db.X` was written.</param>
public sealed record ScalarField(
    string Name,
    string ColumnName,
    FieldType Type,
    FieldArity Arity,
    NativeType? NativeType,
    bool HasNativeAttribute,
    DefaultValue? Default,
    bool IsUpdatedAt,
    bool IsIgnored,
    string? Documentation);

public abstract record FieldType
{
    private FieldType()
    {
    }

    public sealed record Scalar(ScalarKind Kind) : FieldType;

    /// <param name="Name">The enum's name in the schema.</param>
    public sealed record Enum(string Name) : FieldType;

    /// <param name="Text">PostgreSQL's name of the type, as written.</param>
    public sealed record Unsupported(string Text) : FieldType;
}

public enum ScalarKind
{
    String,
    Boolean,
    Int,
    BigInt,
    Float,
    Decimal,
    DateTime,
    Json,
    Bytes,
}

public sealed record EnumDefinition(
    string Name,
    string DatabaseName,
    string? Schema,
    EquatableArray<EnumValue> Values,
    string? Documentation);

public sealed record EnumValue(string Name, string DatabaseName, string? Documentation);

/// <summary>`@id` or `@@id`.</summary>
/// <param name="ConstraintName">`map:`, else PostgreSQL's default `T_pkey`, truncated to 63 bytes.</param>
/// <param name="ClientName">`name:` of `@@id`, for generated clients.</param>
public sealed record PrimaryKeyDefinition(EquatableArray<IndexField> Fields, string ConstraintName, string? ClientName);

/// <summary>`@unique`, `@@unique` or `@@index`, in the order in which Prisma writes them.</summary>
/// <param name="Name">`map:`, else the default `T_col_key` / `T_col_idx`, truncated to 63 bytes keeping the suffix.</param>
/// <param name="Where">The predicate of a partial index as SQL (dialect 7.x), else null.</param>
public sealed record IndexDefinition(
    string Name,
    bool IsUnique,
    IndexType Type,
    EquatableArray<IndexField> Fields,
    string? Where,
    string? ClientName);

public enum IndexType
{
    BTree,
    Hash,
    Gin,
    Gist,
    SpGist,
    Brin,
}

/// <param name="FieldName">The field's name in the schema.</param>
/// <param name="OperatorClass">PostgreSQL's name (`jsonb_path_ops`), null for the default class.</param>
public sealed record IndexField(string FieldName, bool Descending, string? OperatorClass)
{
    /// <summary>`sort: Asc` was written out: the SQL then says it too.</summary>
    public bool SaysAscending { get; init; }
}

/// <summary>A field whose type is another entity.</summary>
/// <param name="RelationIndex">Index into <see cref="SchemaModel.Relations"/>; -1 while broken.</param>
public sealed record RelationField(
    string Name,
    string EntityName,
    FieldArity Arity,
    int RelationIndex,
    bool IsIgnored,
    string? Documentation);

public abstract record Relation(string? Name)
{
    /// <summary>One-to-one or one-to-many, held by a foreign key.</summary>
    /// <param name="From">Entity with the foreign key.</param>
    /// <param name="FromField">Relation field on it.</param>
    /// <param name="ToField">Relation field on the other side.</param>
    /// <param name="ConstraintName">`map:`, else `T_col_fkey`, truncated to 63 bytes.</param>
    public sealed record ForeignKey(
        string? Name,
        string From,
        string? FromField,
        EquatableArray<string> FromColumnsFields,
        string To,
        string? ToField,
        EquatableArray<string> ToColumnsFields,
        ReferentialAction OnDelete,
        ReferentialAction OnUpdate,
        string ConstraintName,
        bool IsOneToOne) : Relation(Name);

    /// <summary>Implicit many-to-many over the table `_AToB` with columns A and B; A is the entity whose name sorts first.</summary>
    /// <param name="TableName">`_` plus the relation's name.</param>
    public sealed record ManyToMany(
        string? Name,
        string A,
        string AField,
        string B,
        string BField,
        string TableName) : Relation(Name);
}

public enum ReferentialAction
{
    NoAction,
    Restrict,
    Cascade,
    SetNull,
    SetDefault,
}
