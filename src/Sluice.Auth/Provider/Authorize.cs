using System.Text.Json.Nodes;
using Npgsql;
using Sluice.Auth.Audit;
using Sluice.Auth.Factors;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Provider;

/// <summary>Decides what a request needs before it gets its code, and issues it.</summary>
internal sealed class Authorize(AuthDatabase database, CodeStore codes, ConsentStore consents, BrowserSession browsers, FactorStore factors, SessionIssuer sessions, AuditLog audit, Announcer announcer)
{
    /// <summary>Long enough for a browser to follow a redirect and a client to ask.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    /// <param name="browser">Who is signed in; null for nobody.</param>
    /// <param name="isNew">Whether they have signed in for this very request.</param>
    public async Task<Next> NextAsync(AuthorizationRequest request, SignedInBrowser? browser, bool isNew, CancellationToken cancellation)
    {
        if (request.Error is { } error)
        {
            return new Next.Refuse(error);
        }

        if (browser is null || (!isNew && (request.WantsSignIn || browser.Since + request.MaxAge < database.Now)))
        {
            return request.IsSilent ? new Next.Refuse("login_required") : new Next.SignIn();
        }

        // A browser that is trusted has not shown the factor that there is: it shows it now. Else who has shown none has none.
        if (request.NeedsFactor && !browser.Assurance.IsTwo)
        {
            return browser.HasFactor && !request.IsSilent ? new Next.SignIn() : new Next.Refuse("unmet_authentication_requirements");
        }

        if (!await NeedsConsentAsync(request, browser, isNew, cancellation))
        {
            return new Next.Issue(browser);
        }

        return request.IsSilent ? new Next.Refuse("consent_required") : new Next.Ask(browser);
    }

    /// <param name="consented">Whether they have allowed it just now.</param>
    /// <returns>The code; null where the browser's session or the consent has ended meanwhile.</returns>
    public async Task<string?> IssueAsync(AuthorizationRequest request, SignedInBrowser browser, bool consented, Client asking, CancellationToken cancellation)
    {
        var (code, user, client) = (RandomToken.New(), browser.User.Id, request.Client.Id);
        var adding = codes.Adding(code, request, browser.Id, database.Now + Lifetime);
        // Its user's row first, as where a consent is withdrawn: whichever comes second finds what the first has done.
        List<NpgsqlBatchCommand> change = [factors.Holding(user), browsers.Using(browser.Id)];
        List<AuditEvent> events = [Happened("authorization_code_issued")];
        if (consented && !request.Client.FirstParty)
        {
            change.Add(consents.Keeping(user, client, request.Scope.Split(' ')));
            events.Add(Happened("consent_given"));
        }

        if (!await database.ChangeAsync([.. change, adding], null, () => adding.RecordsAffected == 1 ? events.Select(audit.Entry) : null, cancellation))
        {
            return null;
        }

        await announcer.AnnounceAsync(events, cancellation);
        return code;

        AuditEvent Happened(string action) => AuditEvent.Of(action, user, browser.Id, asking) with { New = new JsonObject { ["client"] = client, ["scope"] = request.Scope } };
    }

    public async Task DeniedAsync(AuthorizationRequest request, SignedInBrowser browser, Client asking, CancellationToken cancellation) => await announcer.TellAsync(
        AuditEvent.Of("consent_denied", browser.User.Id, browser.Id, asking) with { New = new JsonObject { ["client"] = request.Client.Id, ["scope"] = request.Scope } }, cancellation);

    /// <summary>A browser that signs in once more has done with the session of before; what clients got by it goes on.</summary>
    public async Task ReplaceAsync(SignedInBrowser old, Client asking, CancellationToken cancellation) =>
        await sessions.EndAsync(new Ending(old.User.Id, old.Id, null, "signed_in_again", old.User.Id), AuditEvent.Of("signed_in_again", old.User.Id, old.Id, asking), cancellation);

    // An application on a device may be another than it says: nothing is sent to it unseen (RFC 8252, 8.6).
    private async Task<bool> NeedsConsentAsync(AuthorizationRequest request, SignedInBrowser browser, bool isNew, CancellationToken cancellation) =>
        request.WantsConsent || (request.Client.Native && !(request.Client.FirstParty && isNew))
        || (!request.Client.FirstParty && request.Scope.Split(' ').Except(await consents.FindAsync(browser.User.Id, request.Client.Id, cancellation)).Any());
}

/// <summary>What comes next for an authorization request.</summary>
internal abstract record Next
{
    private Next()
    {
    }

    /// <summary>The client is told an error.</summary>
    public sealed record Refuse(string Error) : Next;

    public sealed record SignIn : Next;

    /// <summary>For consent.</summary>
    public sealed record Ask(SignedInBrowser Browser) : Next;

    public sealed record Issue(SignedInBrowser Browser) : Next;
}
