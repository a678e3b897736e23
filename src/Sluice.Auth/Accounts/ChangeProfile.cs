using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Npgsql;
using Sluice.Auth.Audit;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>Other names and metadata, by the account's owner. Its row is held from reading it to writing it, so that `If-Match` means what it says.</summary>
internal sealed class ChangeProfile(AuthDatabase database, AccountStore accounts, AuditLog audit, Announcer announcer, IOptions<SluiceAuthOptions> options)
{
    private static readonly Refusal Outdated = new(412, "precondition_failed", "The account has changed since; read it again.");
    private static readonly Refusal Taken = new(409, "username_taken", "That user name is somebody's already.");

    public async Task<Outcome<Profile>> RunAsync(AccessToken token, ProfileChange change, StringValues ifMatch, Client client, CancellationToken cancellation)
    {
        if (ProfileRules.Check(change, database.Names, options.Value) is { } wrong)
        {
            return wrong;
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
            happened = AuditEvent.Of("account_updated", token.Subject, null, client) with { SessionId = token.SessionId, Old = Changed(before, change), New = Changed(after, change) };
            return [accounts.ChangingProfile(after), audit.Entry(happened)];
        }
    }

    private static JsonObject Changed(Profile profile, ProfileChange change)
    {
        var values = new JsonObject();
        if (change.Username.ValueKind is not JsonValueKind.Undefined)
        {
            values["username"] = profile.Username;
        }

        if (change.DisplayName.ValueKind is not JsonValueKind.Undefined)
        {
            values["displayName"] = profile.DisplayName;
        }

        if (change.Metadata.ValueKind is not JsonValueKind.Undefined)
        {
            values["metadata"] = profile.Metadata is { } metadata ? JsonObject.Create(metadata) : null;
        }

        return values;
    }
}
