using Sluice.Catalog;
using Sluice.Model;
using Sluice.Text;
using Index = Sluice.Catalog.Index;

namespace Sluice.CodeGen.EFCore;

/// <summary>A schema in the words of C#: every class, property and constant has its final name.</summary>
internal sealed record ContextShape(
    GeneratorSettings Settings,
    string Hash,
    EquatableArray<EnumShape> Enums,
    EquatableArray<EntityShape> Entities,
    EquatableArray<ReferenceShape> References,
    EquatableArray<JoinShape> Joins);

/// <param name="Name">The C# type.</param>
internal sealed record EnumShape(string Name, ObjectName Type, EquatableArray<EnumMemberShape> Members, string? Documentation);

internal sealed record EnumMemberShape(string Name, string Label, string? Documentation);

/// <param name="Set">The property of the context.</param>
/// <param name="Key">Null for one without: a view, or a table of which no unique columns are always set.</param>
/// <param name="SoftDelete">The property that says when it was deleted; null where rows are deleted for good.</param>
internal sealed record EntityShape(
    string Name,
    string Set,
    ObjectName Table,
    bool IsView,
    EquatableArray<PropertyShape> Properties,
    EquatableArray<NavigationShape> Navigations,
    KeyShape? Key,
    EquatableArray<KeyShape> AlternateKeys,
    EquatableArray<IndexShape> Indexes,
    string? SoftDelete,
    bool HasRowVersion,
    string? Documentation);

/// <param name="Type">In C#, without `?`.</param>
/// <param name="StoreType">PostgreSQL's name for it.</param>
/// <param name="IsNullable">The column takes NULL.</param>
internal sealed record PropertyShape(
    string Name,
    string Column,
    ClrType Type,
    string StoreType,
    bool IsNullable,
    bool IsList,
    PropertyDefault Default,
    bool IsUpdatedAt,
    string? Documentation);

/// <summary>Where a value comes from when the program gives none.</summary>
internal abstract record PropertyDefault
{
    private PropertyDefault()
    {
    }

    public sealed record None : PropertyDefault;

    /// <param name="Code">The constant in C#: the property starts with it, so a row that is inserted untouched has it.</param>
    public sealed record Constant(string Code) : PropertyDefault;

    public sealed record Sql(string Text) : PropertyDefault;

    /// <summary>A default that only the database knows.</summary>
    public sealed record Unknown : PropertyDefault;

    public sealed record Serial : PropertyDefault;

    /// <param name="Generator">The class of the value generator.</param>
    public sealed record Client(string Generator, string Arguments = "") : PropertyDefault;
}

/// <param name="Columns">Properties.</param>
/// <param name="Name">Of the constraint or index.</param>
internal sealed record KeyShape(EquatableArray<string> Properties, string Name);

internal sealed record IndexShape(EquatableArray<string> Properties, Index Index);

/// <param name="Target">The entity's C# name.</param>
internal sealed record NavigationShape(string Name, string Target, bool IsCollection, bool IsNullable, string? Documentation);

/// <summary>A foreign key as EF Core sees it.</summary>
/// <param name="PrincipalKey">The referenced properties; empty for the primary key.</param>
internal sealed record ReferenceShape(
    string Dependent,
    string? DependentNavigation,
    EquatableArray<string> Properties,
    string Principal,
    string? PrincipalNavigation,
    EquatableArray<string> PrincipalKey,
    bool IsOneToOne,
    bool IsRequired,
    ReferentialAction OnDelete,
    string ConstraintName);

/// <summary>An implicit many-to-many relation: a table with the columns A and B and no class.</summary>
internal sealed record JoinShape(
    string Left,
    string LeftNavigation,
    string Right,
    string RightNavigation,
    Table Table,
    PropertyShape A,
    PropertyShape B,
    bool IsQualified);
