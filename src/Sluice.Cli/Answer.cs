using System.Text.Json;

namespace Sluice.Cli;

/// <summary>What a command ends with; the exit code and the last JSON object follow from it.</summary>
/// <param name="Fields">Writes the command's own properties of the JSON object.</param>
internal sealed record Answer(Outcome Outcome, Action<Utf8JsonWriter>? Fields = null)
{
    public static Answer Ok { get; } = new(Outcome.Ok);

    public static Answer Attention { get; } = new(Outcome.Attention);

    /// <summary>Overrides the code that the outcome implies (`--exit-code`).</summary>
    public int? ExitCode { get; init; }

    /// <summary>False where the command's output is complete by itself (`validate --json`, scripts on stdout).</summary>
    public bool WritesReport { get; init; } = true;

    public static Answer With(Outcome outcome, Action<Utf8JsonWriter> fields) => new(outcome, fields);
}

internal enum Outcome
{
    Ok,
    Attention,
    Failed,
}
