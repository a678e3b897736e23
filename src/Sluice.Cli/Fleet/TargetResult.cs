using System.Text.Json;
using Sluice.Cli.Output;

namespace Sluice.Cli.Fleet;

/// <summary>How one target came out of it.</summary>
/// <param name="Summary">For a person, in a line.</param>
/// <param name="Fields">What the command alone would have answered machines with; null where it did not answer.</param>
internal sealed record TargetResult(Target Target, int Ring, TargetState State, string Summary, TimeSpan Duration)
{
    public JsonElement? Fields { get; init; }

    public Failure? Failure { get; init; }

    /// <summary>In its log and its journal.</summary>
    public string? CorrelationId { get; init; }

    public static JsonElement Read(Answer answer)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, JsonText.OneLine))
        {
            json.WriteStartObject();
            answer.Fields?.Invoke(json);
            json.WriteEndObject();
        }

        return JsonDocument.Parse(text.ToArray()).RootElement;
    }
}

internal enum TargetState
{
    Ok,
    Attention,
    Failed,
    Cancelled,
    NotBegun,
}
