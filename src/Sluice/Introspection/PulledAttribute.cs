namespace Sluice.Introspection;

/// <summary>`@@…` below the fields of a block.</summary>
/// <param name="Key">What it is about, whatever it says: see <see cref="AttributeKeys"/>.</param>
internal sealed record PulledAttribute(string Key, string Text);
