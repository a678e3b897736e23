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

/// <summary>Other names and metadata, by the account's owner. Its row is held from reading it to writing it, so that `If-Match` means what it says.</summary>
internal sealed class ChangeProfile(AuthDatabase database, AccountStore accounts, RateLimits rates, AuditLog audit, Announcer announcer, IOptions<SluiceAuthOptions> options)
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

        Profile? before = null;
        AuditEvent? happened = null;
        Refusal? refusal = null;
        try
        {
            await database.ChangeAsync([accounts.HoldingProfile(token.Subject)], async reader => before = await AccountStore.ProfileOfAsync(reader, cancellation), Belonging, cancellation);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return Taken;
        }

        if (refusal is not null)
        {
            return refusal;
        }

        await announcer.AnnounceAsync(happened is null ? [] : [happened], cancellation);
        return await accounts.GetProfileAsync(token.Subject, cancellation) is { } now ? now : Refusal.Unauthenticated;

        IEnumerable<NpgsqlBatchCommand>? Belonging()
        {
            refusal = before is null ? Refusal.Unauthenticated : before.IsMatchedBy(ifMatch) ? null : Outdated;
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
            happened = AuditEvent.Of("account_updated", token.Subject, null, client) with { SessionId = token.SessionId, Old = Changed(before, after), New = Changed(after, before) };
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
