using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Sluice.Auth.Accounts;
using Sluice.Auth.Audit;
using Sluice.Auth.Lockout;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.SelfService;

/// <summary>Other preferences, all of them at once. The account's row is held meanwhile, so that the audit says what was before.</summary>
internal sealed class ChangePreferences(
    AuthDatabase database, PreferenceStore store, AccountStore accounts, RateLimits rates, AuditLog audit, Announcer announcer, IOptions<SluiceAuthOptions> options)
{
    public async Task<Outcome<Preferences>> RunAsync(AccessToken token, PreferencesRequest request, Client client, CancellationToken cancellation)
    {
        var checking = PreferenceRules.Check(request);
        if (checking.Value is not { } wanted)
        {
            return checking;
        }

        if (await rates.TakeAsync("preferences_account", token.Subject, options.Value.RateLimits.ProfileChangesPerAccount, cancellation) is { } tooMany)
        {
            return tooMany;
        }

        var (hasAccount, before) = (false, Preferences.None);
        var happening = AuditEvent.Of("preferences_updated", token.Subject, null, client) with { SessionId = token.SessionId };
        if (!await database.ChangeAsync(
            // A statement of its own: it sees what whoever held the row before has written.
            [accounts.HoldingProfile(token.Subject), store.Reading(token.Subject)],
            async reader =>
            {
                hasAccount = await AccountStore.ProfileOfAsync(reader, cancellation) is not null;
                await reader.NextResultAsync(cancellation);
                before = await PreferenceStore.OfAsync(reader, cancellation);
            },
            () => hasAccount ? [store.Writing(token.Subject, wanted), audit.Entry(happening = happening with { Old = Changed(before, wanted), New = Changed(wanted, before) })] : null,
            cancellation))
        {
            return Refusal.Unauthenticated;
        }

        await announcer.AnnounceAsync([happening], cancellation);
        return wanted;
    }

    // What the other has otherwise.
    private static JsonObject Changed(Preferences preferences, Preferences other)
    {
        var values = new JsonObject();
        foreach (var (name, value, others) in new[]
                 {
                     ("theme", preferences.Theme, other.Theme), ("language", preferences.Language, other.Language), ("timeZone", preferences.TimeZone, other.TimeZone),
                 }.Where(v => v.Item2 != v.Item3))
        {
            values[name] = value;
        }

        return values;
    }
}
