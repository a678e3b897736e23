using System.Text.Json.Serialization;

namespace Sluice.Auth.AllowList;

internal sealed record AcceptInvitationRequest([property: JsonRequired] string Token, [property: JsonRequired] string Password, string? Username = null, string? DisplayName = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AcceptInvitationRequest))]
internal sealed partial class InvitationJson : JsonSerializerContext;
