using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Auth.Clients;

/// <summary>A refusal as OAuth writes it (RFC 6749, 5.2).</summary>
internal sealed record OAuthError(
    [property: JsonIgnore] int Status, [property: JsonPropertyName("error")] string Error, [property: JsonPropertyName("error_description")] string Description)
{
    // One for every way in which a client is not who it says.
    public static OAuthError Client { get; } = new(401, "invalid_client", "The client is not known, or its secret is not right.");

    // Nor for what is wrong with a code or a refresh token: unknown, too old, used before, another's.
    public static OAuthError Grant { get; } = new(400, "invalid_grant", "The code or the refresh token is not valid, or was issued to another client or for another redirect URI.");

    public static OAuthError Another { get; } = new(400, "unauthorized_client", "The token was issued to another client.");

    public static OAuthError Scope { get; } = new(400, "invalid_scope", "The client may not ask for this scope.");

    // RFC 7009 and RFC 7662, 2.1, and RFC 6749, 4.1.3: nothing but a form.
    public static OAuthError NoForm { get; } = new(415, "invalid_request", "Send the body as application/x-www-form-urlencoded.");

    public static OAuthError Invalid(string description) => new(400, "invalid_request", description);
}

[JsonSerializable(typeof(OAuthError))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class OAuthJson : JsonSerializerContext;
