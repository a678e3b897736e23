using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace Sluice.Auth.Accounts;

/// <summary>What `/me` answers with.</summary>
internal sealed record Profile(
    string Id, string Email, string? Username, string? DisplayName, string Role, bool EmailVerified, JsonElement? Metadata, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>Another one whenever anything of it is another.</summary>
    public string Tag() => $"\"{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, AccountJson.Default.Profile)))[..32]}\"";

    /// <summary>Whether `If-Match` allows a change (RFC 9110, 13.1.1): compared strongly, so a weak tag never does.</summary>
    public bool IsMatchedBy(StringValues header) => header.Count == 0 || header.ToString().Split(',', StringSplitOptions.TrimEntries).Any(t => t == "*" || t == Tag());
}

/// <summary>What is to change: a member that is left out stays, null takes it away.</summary>
internal sealed record ProfileChange
{
    public JsonElement Username { get; init; }

    public JsonElement DisplayName { get; init; }

    public JsonElement Metadata { get; init; }
}
