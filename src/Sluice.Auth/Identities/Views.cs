using System.Text.Json.Serialization;
using Sluice.Auth.Web;

namespace Sluice.Auth.Identities;

/// <param name="Email">As the provider said it last.</param>
internal sealed record IdentityView(string Provider, string? Email, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

internal sealed record IdentityList(List<IdentityView> Identities);

/// <param name="Url">Where the browser goes next.</param>
internal sealed record LinkStarted(string Url);

/// <param name="Status">`revocation_waiting`: it is unlinked here, and GitHub does not know yet.</param>
internal sealed record UnlinkAnswer(string Status);

internal sealed record ExchangeRequest([property: JsonRequired] string Code, [property: JsonRequired] string CodeVerifier, string? DeviceName = null)
{
    public string? DeviceName { get; } = Asked.Shown(DeviceName);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(IdentityList))]
[JsonSerializable(typeof(LinkStarted))]
[JsonSerializable(typeof(UnlinkAnswer))]
[JsonSerializable(typeof(ExchangeRequest))]
[JsonSerializable(typeof(SignInAttempt))]
internal sealed partial class IdentityJson : JsonSerializerContext;
