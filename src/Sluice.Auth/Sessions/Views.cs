using System.Text.Json.Serialization;
using Sluice.Auth.Tokens;

namespace Sluice.Auth.Sessions;

/// <summary>What a sign-in and a refresh answer with.</summary>
/// <param name="RefreshToken">Null where it is in the cookie.</param>
internal sealed record SessionTokens(string AccessToken, string TokenType, long ExpiresIn, DateTimeOffset ExpiresAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefreshToken, UserView User)
{
    /// <summary>For the cookie of a browser that was trusted with it; null for none.</summary>
    [JsonIgnore]
    public string? TrustedDevice { get; init; }
}

internal sealed record UserView(string Id, string Email, string? Username, string? DisplayName, string Role, bool EmailVerified)
{
    /// <summary>What its tokens say. Of a new account only that of the table.</summary>
    [JsonIgnore]
    public HeldRoles Roles { get => field ?? new HeldRoles(Role); init; }
}

/// <param name="Country">Where it was signed in to from; left out where nobody says it.</param>
internal sealed record SessionView(string Id, string? Device, string? Ip, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt, bool Current,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Country = null);

internal sealed record SessionList(List<SessionView> Sessions);

/// <param name="Current">It is the browser that asks.</param>
internal sealed record TrustedDeviceView(string Id, string? Device, string? Ip, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt, bool Current);

internal sealed record TrustedDeviceList(List<TrustedDeviceView> TrustedDevices);

internal sealed record RefreshRequest(string? RefreshToken = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(SessionTokens))]
[JsonSerializable(typeof(SessionList))]
[JsonSerializable(typeof(TrustedDeviceList))]
[JsonSerializable(typeof(RefreshRequest))]
internal sealed partial class SessionJson : JsonSerializerContext;
