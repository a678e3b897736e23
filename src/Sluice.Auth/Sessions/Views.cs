using System.Text.Json.Serialization;
using Sluice.Auth.Tokens;

namespace Sluice.Auth.Sessions;

/// <summary>What a sign-in and a refresh answer with.</summary>
/// <param name="RefreshToken">Null where it is in the cookie.</param>
internal sealed record SessionTokens(string AccessToken, string TokenType, long ExpiresIn, DateTimeOffset ExpiresAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefreshToken, UserView User);

internal sealed record UserView(string Id, string Email, string? Username, string? DisplayName, string Role, bool EmailVerified)
{
    /// <summary>What its tokens say. Of a new account only that of the table.</summary>
    [JsonIgnore]
    public HeldRoles Roles { get => field ?? new HeldRoles(Role); init; }
}

internal sealed record SessionView(string Id, string? Device, string? Ip, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt, bool Current);

internal sealed record SessionList(List<SessionView> Sessions);

internal sealed record RefreshRequest(string? RefreshToken = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(SessionTokens))]
[JsonSerializable(typeof(SessionList))]
[JsonSerializable(typeof(RefreshRequest))]
internal sealed partial class SessionJson : JsonSerializerContext;
