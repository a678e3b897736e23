using Sluice.Model.Binding;

namespace Sluice.Model.Indexes;

/// <summary>One field of a key or index, with its arguments.</summary>
internal sealed record IndexFieldBinding(ScalarFieldBinding Field)
{
    /// <summary>The last field of a path into a composite type, `address.street`; such a schema never becomes valid.</summary>
    public CompositeFieldBinding? Inner { get; init; }

    /// <summary>The column, or the path as written.</summary>
    public string ColumnName { get; init; } = Field.ColumnName;

    /// <summary>Null when `sort` was not written.</summary>
    public bool? Descending { get; init; }

    public bool HasLength { get; init; }

    /// <summary>`ops: Name`.</summary>
    public OperatorClass? NamedClass { get; init; }

    /// <summary>`ops: raw("name")`.</summary>
    public string? RawClass { get; init; }

    /// <summary>As PostgreSQL calls it.</summary>
    public string? OperatorClass => NamedClass?.SqlName ?? RawClass;
}
