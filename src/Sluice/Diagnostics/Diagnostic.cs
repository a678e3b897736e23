using Sluice.Text;

namespace Sluice.Diagnostics;

public enum Severity
{
    Error,
    Warning,
}

/// <summary>One mistake in a schema: what was found, what was expected, and in <see cref="Help"/> what to write instead.</summary>
/// <param name="Code">Catalogue number, `SL1xxx` syntax, `SL2xxx` model; never renumbered or reused.</param>
public sealed record Diagnostic(
    string Code,
    Severity Severity,
    string Message,
    SourceText Source,
    TextSpan Span,
    string? Help = null);
