using System.Text.Json;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Identities;

/// <summary>What a provider publishes of itself (OpenID Connect Discovery 1.0).</summary>
/// <param name="SaysIssuer">Its answers bring `iss` (RFC 9207): one without it is not its own.</param>
/// <param name="TakesBasic">How we show our secret: in the header, or in the form.</param>
internal sealed record ProviderMetadata(string Authorize, string Token, string Keys, string? UserInfo, bool SaysIssuer, bool TakesBasic)
{
    /// <returns>Null where something is missing, not its own, or not safe to send a secret to.</returns>
    public static ProviderMetadata? Read(JsonElement json, string issuer)
    {
        if (Text("issuer") != issuer || Safe("authorization_endpoint") is not { } authorize || Safe("token_endpoint") is not { } token || Safe("jwks_uri") is not { } keys)
        {
            return null;
        }

        var methods = ProviderAnswer.Member(json, "token_endpoint_auth_methods_supported") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Where(m => m.ValueKind is JsonValueKind.String).Select(m => m.GetString()).ToList()
            : [];
        return new ProviderMetadata(
            authorize, token, keys, Safe("userinfo_endpoint"), ProviderAnswer.Member(json, "authorization_response_iss_parameter_supported").ValueKind is JsonValueKind.True,
            methods.Count == 0 || methods.Contains("client_secret_basic"));

        string? Text(string name) => ProviderAnswer.Member(json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

        string? Safe(string name) => Text(name) is { } address && IdentitiesCheck.IsSafe(address) ? address : null;
    }
}
