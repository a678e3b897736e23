using System.Collections.Immutable;
using Sluice.Diagnostics;
using Sluice.Text;

namespace Sluice.Model.Binding;

/// <summary>Collects what is wrong, in the order found.</summary>
internal sealed class Findings
{
    private readonly List<Diagnostic> diagnostics = [];

    public bool HasErrors { get; private set; }

    public void Add(SourceText source, TextSpan span, Mistake mistake)
    {
        HasErrors |= mistake.Severity is Severity.Error;
        diagnostics.Add(new Diagnostic(mistake.Code, mistake.Severity, mistake.Message, source, span, mistake.Help));
    }

    public ImmutableArray<Diagnostic> ToImmutable() => [.. diagnostics];
}
