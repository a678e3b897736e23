using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Auth.Accounts;
using Sluice.Auth.Audit;
using Sluice.Auth.Links;
using Sluice.Auth.Mail;
using Sluice.Auth.Passwords;
using Sluice.Auth.Roles;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth;

/// <summary>
/// `create-admin EMAIL [--invite]`: how there comes to be a first administrator; no route does it. Stopped in between it is run again. Without a
/// password the account gets a link, once, with which its owner sets one.
/// </summary>
internal static class CreateAdminCommand
{
    public static async Task<int> RunAsync(IServiceProvider services, string email, bool invite, Stream input, TextWriter output, CancellationToken cancellation)
    {
        if (invite && !services.GetRequiredService<IOptions<SluiceAuthOptions>>().Value.Mail.IsOn)
        {
            await output.WriteLineAsync("The page that a link leads to is there only where mail is set up. Set Mail.LinkBase and Mail.Smtp or Mail.Folder, or write a password as the first line of the input.");
            return 1;
        }

        var normal = Identifiers.Normal(email);
        var accounts = services.GetRequiredService<AccountStore>();
        var account = Identifiers.IsEmail(normal) ? await accounts.FindAsync(normal, cancellation) : null;
        var id = account?.User.Id;
        if (id is null)
        {
            var (made, problem) = await MakeAsync(services, accounts, normal, invite ? Stream.Null : input, cancellation);
            if (made is null)
            {
                await output.WriteLineAsync(problem);
                return 1;
            }

            id = made;
        }

        var outcome = await services.GetRequiredService<RoleAdministration>().GrantAsync(
            id, services.GetRequiredService<IOptions<SluiceAuthOptions>>().Value.Roles.Administrator, scope: null, until: null, by: null, cancellation);
        await output.WriteLineAsync(outcome switch
        {
            RoleOutcome.AsBefore => $"{normal} is an administrator already.",
            RoleOutcome.Changed => $"{normal} {(account is null ? "was made, and " : "")}is an administrator. Routes of administrators need a second factor, too: enrol one after signing in.{(account is null ? "" : $" The account was there before, and signs in with what it did: where that is not its owner's, take the role away again (sluice-auth revoke).")}",
            _ => $"{normal} could not be given the role: {outcome}.",
        });
        if (outcome is not (RoleOutcome.Changed or RoleOutcome.AsBefore))
        {
            return 1;
        }

        if ((account is null || invite) && await accounts.GetAsync(id, cancellation) is { PasswordHash: null })
        {
            var mail = services.GetRequiredService<IOptions<SluiceAuthOptions>>().Value.Mail;
            await output.WriteLineAsync(await LinkAsync(services, id, normal, mail.ResetLifetime, cancellation) is { } link
                ? $"To set its password, open within {mail.ResetLifetime.TotalMinutes.ToString(CultureInfo.InvariantCulture)} minutes, once (create-admin {normal} --invite shows another): {link}"
                : "It has no password, and may not sign in: see the allow-list, and locks.");
        }

        return 0;
    }

    // Shown to who runs the service, and to nobody by mail.
    private static async Task<string?> LinkAsync(IServiceProvider services, string id, string email, TimeSpan lifetime, CancellationToken cancellation)
    {
        var (token, isThere) = (RandomToken.New(), false);
        var issuing = services.GetRequiredService<LinkStore>().IssuingReset(email, RandomToken.Hash(token), lifetime);
        var happened = Actor.Outside(null).Did("password_reset_requested", id);
        await services.GetRequiredService<AuthDatabase>().ChangeAsync(
            [issuing], async rows => isThere = await rows.ReadAsync(cancellation), () => isThere ? [services.GetRequiredService<AuditLog>().Entry(happened)] : null, cancellation);
        return isThere ? services.GetRequiredService<Letters>().ResetLink(token) : null;
    }

    private static async Task<(string? Id, string Problem)> MakeAsync(IServiceProvider services, AccountStore accounts, string email, Stream input, CancellationToken cancellation)
    {
        var (settings, database, audit) = (services.GetRequiredService<IOptions<SluiceAuthOptions>>().Value, services.GetRequiredService<AuthDatabase>(), services.GetRequiredService<AuditLog>());
        if (!Identifiers.IsEmail(email))
        {
            return (null, "It is no address.");
        }

        // Not as an argument, which everybody on the machine and the shell's history can read.
        using var reader = new StreamReader(input, new UTF8Encoding(false, true), leaveOpen: true);
        string? hash = null;
        if (await reader.ReadLineAsync(cancellation) is { Length: > 0 } password)
        {
            if (PasswordRules.Check(password, settings, email, null) is { } weak)
            {
                return (null, weak.Message);
            }

            if ((hash = await services.GetRequiredService<HashingGate>().MakeAsync(password, cancellation)) is null)
            {
                return (null, "The password could not be hashed now. Run it again.");
            }
        }
        else if (!settings.Mail.IsOn)
        {
            // The page that a link leads to is there with the others of mails.
            return (null, $"There is no account with that address. To make it, write its password as the first line: sluice-auth create-admin {email} < FILE");
        }

        var user = new UserView(database.NewId(), email, null, null, "", true);
        var happened = Actor.Outside(null).Did("account_created", user.Id) with { New = new JsonObject { ["email"] = email } };
        var isNew = false;
        await database.ChangeAsync(
            [accounts.Adding(user, hash), .. accounts.Confirming(user.Id)],
            async rows => isNew = await rows.ReadAsync(cancellation),
            () => isNew ? [audit.Entry(happened)] : null,
            cancellation);
        await services.GetRequiredService<Announcer>().AnnounceAsync(isNew ? [happened] : [], cancellation);
        return isNew ? (user.Id, "") : (null, "The account could not be made: somebody has just made it, or the address is not on the allow-list (sluice-auth allowlist add).");
    }
}
