namespace Sluice.Catalog;

/// <summary>One thing, its name before and its name after. Where it stands is said with the names after.</summary>
public abstract record Rename
{
    private Rename()
    {
    }

    /// <summary>The schema may be another one too.</summary>
    public sealed record Table(ObjectName From, ObjectName To) : Rename;

    /// <param name="Of">The table, as it is called afterwards.</param>
    public sealed record Column(ObjectName Of, string From, string To) : Rename;

    public sealed record Enum(ObjectName From, ObjectName To) : Rename;

    /// <param name="Of">The enum, as it is called afterwards.</param>
    public sealed record EnumValue(ObjectName Of, string From, string To) : Rename;

    /// <summary>Follows from that of a column or its table; nobody hints at it.</summary>
    public sealed record Sequence(ObjectName From, ObjectName To) : Rename;
}
