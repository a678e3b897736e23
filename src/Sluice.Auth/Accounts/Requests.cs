using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Auth.Sessions;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

internal sealed record RegisterRequest(
    [property: JsonRequired] string Email,
    [property: JsonRequired] string Password,
    string? Username = null,
    string? DisplayName = null,
    string? DeviceName = null)
{
    /// <summary>An object of the application's own.</summary>
    public JsonElement Metadata { get; init; }

    public string? DeviceName { get; } = Asked.Shown(DeviceName);
}

internal sealed record LoginRequest([property: JsonRequired] string Identifier, [property: JsonRequired] string Password, string? DeviceName = null, string? NewPassword = null)
{
    public string? DeviceName { get; } = Asked.Shown(DeviceName);
}

internal sealed record ChangePasswordRequest([property: JsonRequired] string CurrentPassword, [property: JsonRequired] string NewPassword);

/// <param name="CurrentPassword">Left out by who has none.</param>
internal sealed record DeleteRequest(string? CurrentPassword = null);

internal sealed record StatusAnswer(string Status);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(ChangePasswordRequest))]
[JsonSerializable(typeof(DeleteRequest))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(ProfileChange))]
[JsonSerializable(typeof(Profile))]
internal sealed partial class AccountJson : JsonSerializerContext;
