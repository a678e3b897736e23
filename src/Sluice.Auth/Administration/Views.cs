using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Auth.AllowList;
using Sluice.Auth.Roles;

namespace Sluice.Auth.Administration;

/// <summary>An account as administrators see it: no password and no hash.</summary>
/// <param name="Role">That of the table of users.</param>
/// <param name="Roles">All that hold everywhere.</param>
/// <param name="Lock">An administrator's.</param>
/// <param name="LockedOutUntil">After wrong passwords, from some client at least.</param>
internal sealed record AccountView(
    string Id, string Email, string? Username, string? DisplayName, string Role, string[] Roles, bool EmailVerified, bool IsActive, bool HasPassword, bool HasFactor, bool MustChangePassword,
    LockView? Lock, DateTimeOffset? LockedOutUntil, DateTimeOffset? LastLoginAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? DeletedAt)
{
    /// <summary>Of one account; in lists it is left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AccountDetails? Details { get; init; }
}

/// <param name="Sessions">That go on.</param>
internal sealed record AccountDetails(JsonElement? Metadata, long Sessions)
{
    /// <summary>Every role with where it holds, until when, and who gave it.</summary>
    public IReadOnlyList<HeldRole> Grants { get; init; } = [];
}

internal sealed record LockView(DateTimeOffset? Until, string? Reason, string? By, DateTimeOffset At);

/// <param name="Next">Where the list goes on; null at its end.</param>
internal sealed record AccountList(List<AccountView> Users, string? Next);

internal sealed record AuditView(
    string Id, DateTimeOffset At, string Action, string? UserId, string? SessionId, string? Ip, string? UserAgent, string Resource, string? ResourceId, JsonElement? Old, JsonElement? New, string? RequestId);

internal sealed record AuditList(List<AuditView> Events, string? Next);

internal sealed record MailView(
    string Id, string? UserId, string Recipient, string Template, string Culture, string Status, int Attempts, string? Error,
    DateTimeOffset CreatedAt, DateTimeOffset? NextTryAt, DateTimeOffset ExpiresAt, DateTimeOffset? SentAt, DateTimeOffset? BouncedAt);

internal sealed record MailList(List<MailView> Mails, string? Next);

/// <param name="Status">`signs`, `waits` until it signs, `verifies` what it signed.</param>
internal sealed record KeyView(string Kid, string Algorithm, string Status, DateTimeOffset SignsFrom, DateTimeOffset? VerifiesUntil);

internal sealed record KeyList(List<KeyView> Keys);

/// <param name="Problems">Of the first lines that were rejected.</param>
internal sealed record ImportAnswer(long Lines, long Added, long Updated, long Unchanged, long Skipped, long Rejected, bool DryRun, List<string> Problems);

internal sealed record SecurityStatistics(DateTimeOffset At, AccountFigures Accounts, long ActiveSessions, List<WindowFigures> Windows);

/// <param name="FactorCoverage">The part of the accounts that has a second factor, from 0 to 1.</param>
internal sealed record AccountFigures(long Total, long Disabled, long Locked, long Unverified, long Deleted, long WithFactor, double FactorCoverage);

internal sealed record WindowFigures(
    int Hours, long Registrations, long SignIns, long FailedSignIns, long Lockouts, long ReuseDetections, long PasswordResets, long MailsSent, long MailsFailed, long MailsBounced);

internal sealed record CreateRequest([property: JsonRequired] string Email, string? Username = null, string? DisplayName = null)
{
    /// <summary>An object of the application's own.</summary>
    public JsonElement Metadata { get; init; }
}

internal sealed record LockRequest(DateTimeOffset? Until = null, string? Reason = null);

internal sealed record RolesRequest([property: JsonRequired] string[] Roles, RoleScope? Scope = null);

internal sealed record RestoreRequest(string? Email = null, string? Username = null);

/// <param name="Next">The cursor of what follows; null at the end.</param>
internal sealed record AllowedList(IReadOnlyList<AllowedEntry> Entries, string? Next);

/// <param name="Entry">An address, or a domain with its @ in front.</param>
internal sealed record AllowRequest([property: JsonRequired] string Entry, string? Reason = null);

internal sealed record InviteRequest([property: JsonRequired] string Email, string? Reason = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AccountView))]
[JsonSerializable(typeof(AccountList))]
[JsonSerializable(typeof(AuditList))]
[JsonSerializable(typeof(MailList))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(ImportAnswer))]
[JsonSerializable(typeof(SecurityStatistics))]
[JsonSerializable(typeof(AllowedList))]
[JsonSerializable(typeof(AllowRequest))]
[JsonSerializable(typeof(InviteRequest))]
[JsonSerializable(typeof(CreateRequest))]
[JsonSerializable(typeof(LockRequest))]
[JsonSerializable(typeof(RolesRequest))]
[JsonSerializable(typeof(RestoreRequest))]
internal sealed partial class AdministrationJson : JsonSerializerContext;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AuditView))]
internal sealed partial class AuditLineJson : JsonSerializerContext;
