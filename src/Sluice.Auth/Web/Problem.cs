using System.Text.Json.Serialization;

namespace Sluice.Auth.Web;

/// <summary>A refusal as documents of the API show it; <see cref="Answer"/> writes it.</summary>
/// <param name="Code">Stable: docs/problems.md has each.</param>
internal sealed record Problem(
    string Type, string Title, int Status, string Detail, string Instance, string TraceId, string Code, string Message, [property: JsonPropertyName("error_code")] string ErrorCode);
