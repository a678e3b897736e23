using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Npgsql;
using Sluice.Auth.Audit;
using Sluice.Auth.Lockout;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>Other names and metadata, by the account's owner or an administrator. Its row is held from reading it to writing it, so that `If-Match` means what it says.</summary>
internal sealed class ChangeProfile(AuthDatabase database, AccountStore accounts, ControlStore control, RateLimits rates, AuditLog audit, Announcer announcer, IOptions<SluiceAuthOptions> options)
{
    private static readonly Refusal Outdated = new(412, "precondition_failed", "The account has changed since; read it again.");
    private static readonly Refusal Taken = new(409, "username_taken", "That user name is somebody's already.");

    public async Task<Outcome<Profile>> RunAsync(AccessToken token, ProfileChange change, StringValues ifMatch, Client client, CancellationToken cancellation)
    {
        if (ProfileRules.Check(change, database.Names, options.Value) is { } wrong)
        {
            return wrong;
        }

        if (await rates.TakeAsync("profile_account", token.Subject, options.Value.RateLimits.ProfileChangesPerAccount, cancellation) is { } tooMany)
        {
            return tooMany;
        }

        var happening = AuditEvent.Of("account_updated", token.Subject, null, client) with { SessionId = token.SessionId };
        if (await ChangeAsync(accounts.HoldingProfile(token.Subject), change, ifMatch, happening, Refusal.Unauthenticated, cancellation) is { } refusal)
        {
            return refusal;
        }

        return await accounts.GetProfileAsync(token.Subject, cancellation) is { } now ? now : Refusal.Unauthenticated;
    }

    /// <summary>The same to another's account.</summary>
    /// <returns>What is wrong; null when it is done.</returns>
    public async Task<Refusal?> RunAsync(string userId, ProfileChange change, StringValues ifMatch, Actor actor, CancellationToken cancellation) =>
        ProfileRules.Check(change, database.Names, options.Value)
        ?? await ChangeAsync(control.HoldingProfile(userId), change, ifMatch, actor.Did("account_updated", userId), Refusal.NotFound, cancellation);

    private async Task<Refusal?> ChangeAsync(NpgsqlBatchCommand holding, ProfileChange change, StringValues ifMatch, AuditEvent happening, Refusal gone, CancellationToken cancellation)
    {
        Profile? before = null;
        AuditEvent? happened = null;
        Refusal? refusal = null;
        try
        {
            await database.ChangeAsync([holding], async reader => before = await AccountStore.ProfileOfAsync(reader, cancellation), Belonging, cancellation);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return Taken;
        }

        await announcer.AnnounceAsync(happened is null ? [] : [happened], cancellation);
        return refusal;

        IEnumerable<NpgsqlBatchCommand>? Belonging()
        {
            refusal = before is null ? gone : before.IsMatchedBy(ifMatch) ? null : Outdated;
            if (before is null || refusal is not null)
            {
                return null;
            }

            var after = before with
            {
                Username = ProfileRules.Text(change.Username, before.Username, Identifiers.Normal),
                DisplayName = ProfileRules.Text(change.DisplayName, before.DisplayName, t => t),
                Metadata = change.Metadata.ValueKind switch { JsonValueKind.Undefined => before.Metadata, JsonValueKind.Null => null, _ => change.Metadata },
            };
            happened = happening with { Old = Changed(before, after), New = Changed(after, before) };
            return [accounts.ChangingProfile(after), audit.Entry(happened)];
        }
    }

    // What another profile has otherwise. Metadata is the application's, and large: that it changed is enough.
    private static JsonObject Changed(Profile profile, Profile other)
    {
        var values = new JsonObject();
        if (profile.Username != other.Username)
        {
            values["username"] = profile.Username;
        }

        if (profile.DisplayName != other.DisplayName)
        {
            values["displayName"] = profile.DisplayName;
        }

        var (metadata, digest) = (MetadataDigest.Of(profile.Metadata), MetadataDigest.Of(other.Metadata));
        if (!JsonNode.DeepEquals(metadata, digest))
        {
            values["metadata"] = metadata;
        }

        return values;
    }
}
