using System.Text.Json.Serialization;
using Sluice.Auth.Accounts;

namespace Sluice.Auth.Links;

/// <summary>A link's token, or an address and the code that was mailed to it.</summary>
/// <param name="NotMine">With the token: the address is, and the registration is somebody else's. Nobody's password holds then, and its owner sets one by mail.</param>
internal sealed record VerifyEmailRequest(string? Token = null, string? Email = null, string? Code = null, bool NotMine = false);

internal sealed record EmailRequest([property: JsonRequired] string Email);

internal sealed record ResetPasswordRequest([property: JsonRequired] string Token, [property: JsonRequired] string NewPassword);

internal sealed record ChangeEmailRequest([property: JsonRequired] string NewEmail, [property: JsonRequired] string CurrentPassword);

internal sealed record TokenRequest([property: JsonRequired] string Token);

/// <summary>The mail that came back, by its Message-ID, or the last to an address.</summary>
internal sealed record BounceRequest(string? MessageId = null, string? Email = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(VerifyEmailRequest))]
[JsonSerializable(typeof(EmailRequest))]
[JsonSerializable(typeof(ResetPasswordRequest))]
[JsonSerializable(typeof(ChangeEmailRequest))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(BounceRequest))]
[JsonSerializable(typeof(StatusAnswer))]
internal sealed partial class LinkJson : JsonSerializerContext;
