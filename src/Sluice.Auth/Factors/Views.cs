using System.Text.Json.Serialization;
using Sluice.Auth.Sessions;

namespace Sluice.Auth.Factors;

/// <param name="ActivatedAt">Null until a code of it was shown.</param>
internal sealed record FactorView(string Id, string Type, string? Name, DateTimeOffset CreatedAt, DateTimeOffset? ActivatedAt)
{
    public const string Totp = "totp";
}

internal sealed record FactorList(List<FactorView> Factors, int RecoveryCodesLeft);

/// <summary>What a person may show: `totp` with the name of the app, or `recovery_code`.</summary>
internal sealed record Offer(string Type, string? Id = null, string? Name = null);

internal sealed record ChallengeView(string MfaToken, int ExpiresIn, List<Offer> Factors);

/// <summary>All that an authenticator app needs, once.</summary>
internal sealed record Enrolment(string Id, string Type, string? Name, string Secret, string Uri, string QrCode);

/// <param name="RecoveryCodes">With the first factor; null with a further one.</param>
internal sealed record Activation(SessionTokens Session, List<string>? RecoveryCodes);

internal sealed record RecoveryCodeList(List<string> RecoveryCodes);

internal sealed record EnrolRequest(string? Name = null);

internal sealed record ActivateRequest([property: JsonRequired] string Code);

/// <param name="TrustDevice">This browser need not show it again for a while.</param>
internal sealed record SecondFactorRequest([property: JsonRequired] string MfaToken, string? Code = null, string? RecoveryCode = null, string? NewPassword = null, bool TrustDevice = false);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FactorList))]
[JsonSerializable(typeof(ChallengeView))]
[JsonSerializable(typeof(Enrolment))]
[JsonSerializable(typeof(Activation))]
[JsonSerializable(typeof(RecoveryCodeList))]
[JsonSerializable(typeof(EnrolRequest))]
[JsonSerializable(typeof(ActivateRequest))]
[JsonSerializable(typeof(SecondFactorRequest))]
internal sealed partial class FactorJson : JsonSerializerContext;
