namespace Sluice.Postgres.Online;

/// <summary>One column in both versions of its table.</summary>
/// <param name="Old">Its name in the version before; null for one that comes.</param>
/// <param name="New">Its name in the version after; null for one that goes.</param>
/// <param name="Physical">Where the values of the version after are until the contraction.</param>
internal sealed record ColumnVersions(string? Old, string? New, string Physical)
{
    public string OldType { get; init; } = "";

    public string NewType { get; init; } = "";

    /// <summary>Of an enum whose type is made anew: a cast goes by its text.</summary>
    public bool ByText { get; init; }

    /// <summary>What the new value is, told by the old version's columns; null for the plain cast.</summary>
    public string? Forward { get; init; }

    /// <summary>What the old value is, told by the new version's columns; null for the plain cast.</summary>
    public string? Back { get; init; }

    /// <summary>In the version after.</summary>
    public bool Required { get; init; }

    /// <summary>In the version after, as an expression.</summary>
    public string? Default { get; init; }

    /// <summary>In the version before, as an expression.</summary>
    public string? OldDefault { get; init; }

    /// <summary>The default is another one in the version after.</summary>
    public bool DefaultDiffers { get; init; }

    /// <summary>The sequence that makes its values, in quotes and with its schema.</summary>
    public string? Sequence { get; init; }

    /// <summary>What makes it an identity column in the version after: `GENERATED ALWAYS AS IDENTITY (…)`.</summary>
    public string? Identity { get; init; }

    public bool IsKept => Old == Physical && New is not null;

    /// <summary>Its values are in two columns until the contraction.</summary>
    public bool IsDouble => Old is not null && New is not null && !IsKept;

    public bool IsRemoved => New is null;

    public bool IsAdded => Old is null;

    /// <summary>The trigger writes it for the clients of the version before.</summary>
    public bool IsWrittenForward => IsDouble || (IsAdded && Forward is not null);

    /// <summary>The trigger writes it for the clients of the version after.</summary>
    public bool IsWrittenBack => IsDouble || (IsRemoved && Back is not null);
}
