namespace Sluice.Introspection;

/// <summary>One line of a block, not yet aligned.</summary>
/// <param name="Documentation">Lines to stand before it.</param>
internal sealed record PulledField(string Text, string? Documentation);
