using System.Collections.Immutable;

namespace Sluice.Diagnostics;

/// <summary>The best value a stage could build, with what is wrong.</summary>
public sealed record Stage<T>(T Value, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.Any(d => d.Severity is Severity.Error);
}
