using System.Text.Json;

namespace Sluice.Cli;

/// <summary>The command cannot go on, and the person can do something about it.</summary>
/// <param name="code">Prisma's number (`P3009`) or ours, null where there is none.</param>
/// <param name="hints">What to do, one line each; commands to run are set in backquotes.</param>
internal sealed class StopException(string message, string? code = null, params string[] hints) : Exception(message)
{
    public string? Code { get; } = code;

    public IReadOnlyList<string> Hints { get; } = hints;

    /// <summary>Nothing is broken: someone has to decide.</summary>
    public Outcome Outcome { get; init; } = Outcome.Failed;

    /// <summary>What was found, for machines.</summary>
    public Action<Utf8JsonWriter>? Fields { get; init; }
}
