using Sluice.Catalog;
using Sluice.Model;

namespace Sluice.Introspection;

/// <summary>A relation to be shown, before its fields have names.</summary>
internal abstract record RelationLink(Table One, Table Two)
{
    public bool IsSelf => One.Name == Two.Name;

    /// <summary>Held by a foreign key from the first table to the second.</summary>
    public sealed record Inline(Table From, Table To, ForeignKey Key, Relation.ForeignKey? Previous) : RelationLink(From, To);

    /// <summary>Held by a join table; its A refers to the first table, its B to the second.</summary>
    public sealed record ManyToMany(Table A, Table B, JoinTable Join, Relation.ManyToMany? Previous) : RelationLink(A, B);
}

/// <param name="Relation">Empty when the relation needs no name.</param>
/// <param name="First">The field on the first table.</param>
/// <param name="Second">The field on the second table.</param>
internal sealed record RelationFieldNames(string Relation, string First, string Second);
