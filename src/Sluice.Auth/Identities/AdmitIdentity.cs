using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Accounts;
using Sluice.Auth.Admission;
using Sluice.Auth.Audit;
using Sluice.Auth.Factors;
using Sluice.Auth.Mail;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Identities;

/// <summary>Finds the account of who has come back from a provider, links it, or makes it. An address alone opens nothing: both sides must have confirmed it.</summary>
internal sealed class AdmitIdentity(
    AuthDatabase database, IdentityStore identities, GitHubGrants grants, AccountStore accounts, AllowedAddresses allowed, FactorStore factors, OpenLinks links, TrustedDevices trusted, SessionIssuer sessions, Notices notices,
    AuditLog audit, Announcer announcer, IOptions<SluiceAuthOptions> options)
{
    // Others may come with the same identity or address at the same moment: whoever loses looks again, and then finds.
    private const int Tries = 4;

    private readonly SluiceAuthOptions settings = options.Value;

    /// <param name="issuing">What must be written for the account with it or not at all; it affects one row.</param>
    /// <returns>What is wrong; null when it is done.</returns>
    public async Task<Refusal?> RunAsync(ProviderAccount who, Func<string, NpgsqlBatchCommand> issuing, Client client, CancellationToken cancellation)
    {
        for (var i = 0; i < Tries; i++)
        {
            try
            {
                if (await TryAsync(who, issuing, client, cancellation) is { } done)
                {
                    return done.Refusal;
                }
            }
            catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation && i + 1 < Tries)
            {
                // A GitHub number that was somebody's a moment later than we looked.
                continue;
            }
        }

        return IdentityRefusals.AccountExists;
    }

    /// <returns>Whose account it is already; null for nobody's.</returns>
    public async Task<string?> OwnerAsync(ProviderAccount who, CancellationToken cancellation) =>
        await identities.FindAsync(who, cancellation) ?? (who.Grant is { } grant ? await grants.OwnerAsync(grant.GitHubUserId, cancellation) : null);

    // The one place that says who may come in. Of an account its own row and the allow-list have said so already; of an address the list says it here.
    private async Task<Refusal?> MayEnterAsync(Account? account, string email, CancellationToken cancellation) => account switch
    {
        { IsActive: false } => IdentityRefusals.Refused,
        { } => null,
        null when !settings.Identities.CreateAccounts => IdentityRefusals.Closed,
        null when settings.RequireUsername => IdentityRefusals.Incomplete,
        null => await allowed.HasAsync(email, cancellation) ? null : IdentityRefusals.Refused,
    };

    /// <returns>Null when it must be tried again.</returns>
    private async Task<Done?> TryAsync(ProviderAccount who, Func<string, NpgsqlBatchCommand> issuing, Client client, CancellationToken cancellation)
    {
        if (await OwnerAsync(who, cancellation) is { } owner)
        {
            return await accounts.GetAsync(owner, cancellation) is not { } known ? null
                : await MayEnterAsync(known, known.User.Email, cancellation) is { } refusal ? new Done(refusal)
                : await GoOnAsync(known.User, who, issuing, client, cancellation);
        }

        var email = who.Email is null ? "" : Identifiers.Normal(who.Email);
        if (!who.IsVerified || !Identifiers.IsEmail(email))
        {
            return new Done(IdentityRefusals.NotVerified);
        }

        var account = await accounts.FindAsync(email, cancellation);
        return await MayEnterAsync(account, email, cancellation) is { } closed ? new Done(closed) : account switch
        {
            null => await CreateAsync(email, who, issuing, client, cancellation),
            { User.EmailVerified: true } => await LinkAsync(account.User, email, who, issuing, client, cancellation),
            // Whose factor it is nobody knows, and a provider's word takes none away.
            { HasFactor: true } => new Done(IdentityRefusals.AccountExists),
            _ when !database.Names.Has("users.emailVerified") => new Done(IdentityRefusals.AccountExists),
            _ => await TakeOverAsync(account.User, email, who, issuing, client, cancellation),
        };
    }

    private async Task<Done?> GoOnAsync(UserView user, ProviderAccount who, Func<string, NpgsqlBatchCommand> issuing, Client client, CancellationToken cancellation)
    {
        var (adding, using_, issue) = (identities.Adding(user.Id, who), identities.Using(user.Id, who), issuing(user.Id));
        // Known by its GitHub number alone, as rows are that came with the application's own tables.
        var happened = Linked(user, who, client);
        var isDone = await database.ChangeAsync(
            [adding, using_, .. grants.Keeping(user.Id, who), issue],
            null,
            () => using_.RecordsAffected == 1 && issue.RecordsAffected == 1 ? adding.RecordsAffected == 1 ? [audit.Entry(happened)] : [] : null,
            cancellation);
        if (isDone && adding.RecordsAffected == 1)
        {
            await announcer.AnnounceAsync([happened], cancellation);
        }

        return isDone ? new Done(null) : null;
    }

    private async Task<Done?> LinkAsync(UserView user, string email, ProviderAccount who, Func<string, NpgsqlBatchCommand> issuing, Client client, CancellationToken cancellation)
    {
        // The account is held, and its address looked at once more: it may have become another since it was found.
        var (adding, issue, happened) = (identities.AddingBy(email, user.Id, who), issuing(user.Id), Linked(user, who, client));
        if (!await database.ChangeAsync(
            [factors.Holding(user.Id), identities.Freeing(who), adding, .. grants.Keeping(user.Id, who), issue, .. notices.Telling(LetterKind.IdentitiesChanged, user.Email, user.Id, client)],
            null,
            () => adding.RecordsAffected == 1 && issue.RecordsAffected == 1 ? [audit.Entry(happened)] : null,
            cancellation))
        {
            return null;
        }

        notices.Wake();
        await announcer.AnnounceAsync([happened], cancellation);
        return new Done(null);
    }

    private async Task<Done?> CreateAsync(string email, ProviderAccount who, Func<string, NpgsqlBatchCommand> issuing, Client client, CancellationToken cancellation)
    {
        var name = database.Names.Has("users.name") && who.Name is { Length: > 0 } given && ProfileRules.DisplayNameProblem(given) is null ? who.Name : null;
        if (settings.RequireDisplayName && name is null)
        {
            return new Done(IdentityRefusals.Incomplete);
        }

        var user = new UserView(database.NewId(), email, null, name, "", false);
        var (adding, issue) = (identities.Adding(user.Id, who), issuing(user.Id));
        var happened = AuditEvent.Of("register", user.Id, null, client) with { New = new JsonObject { ["email"] = email, ["displayName"] = name, ["provider"] = who.Provider } };
        var isNew = false;
        if (!await database.ChangeAsync(
            [accounts.Adding(user, null), identities.Confirming(user.Id), identities.Freeing(who), adding, .. grants.Keeping(user.Id, who), issue],
            async reader => isNew = await reader.ReadAsync(cancellation),
            () => isNew && adding.RecordsAffected == 1 && issue.RecordsAffected == 1 ? [audit.Entry(happened)] : null,
            cancellation))
        {
            return null;
        }

        await announcer.AnnounceAsync([happened], cancellation);
        return new Done(null);
    }

    // Whoever registered the address keeps nothing of it: no password, session, link, code, identity, or client that they let in.
    private async Task<Done?> TakeOverAsync(UserView user, string email, ProviderAccount who, Func<string, NpgsqlBatchCommand> issuing, Client client, CancellationToken cancellation)
    {
        var (taking, adding, issue) = (identities.TakingOver(user.Id, email), identities.Adding(user.Id, who), issuing(user.Id));
        return await sessions.EndAsync(
            new Ending(user.Id, null, null, "taken_over", null) { ForSignIn = true },
            AuditEvent.Of("taken_over", user.Id, null, client) with { New = new JsonObject { ["email"] = email, ["provider"] = who.Provider } },
            [
                factors.Holding(user.Id), taking, identities.RemovingAll(user.Id), accounts.RemovingConsents(user.Id), trusted.RemovingAll(user.Id), grants.Removing(user.Id), factors.RemovingPending(user.Id), links.Voiding(user.Id), sessions.VoidingCodes(user.Id),
                accounts.MeetingDemand(user.Id), identities.Freeing(who), adding, .. grants.Keeping(user.Id, who), issue,
            ],
            _ => taking.RecordsAffected == 1 && adding.RecordsAffected == 1 && issue.RecordsAffected == 1,
            cancellation) is null ? null : new Done(null);
    }

    private static AuditEvent Linked(UserView user, ProviderAccount who, Client client) =>
        AuditEvent.Of("identity_linked", user.Id, null, client) with { New = new JsonObject { ["provider"] = who.Provider, ["email"] = who.Email } };

    private sealed record Done(Refusal? Refusal);
}
