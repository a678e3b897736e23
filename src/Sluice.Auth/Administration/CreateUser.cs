using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Accounts;
using Sluice.Auth.Audit;
using Sluice.Auth.Links;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Administration;

/// <summary>A new account by an administrator, who knows no password of it: its owner sets one by the link that is mailed.</summary>
internal sealed class CreateUser(AuthDatabase database, AccountStore accounts, ResetPassword reset, UserListing users, AuditLog audit, Announcer announcer, IOptions<SluiceAuthOptions> options)
{
    private static readonly Refusal Known = new(409, "user_already_exists", "Another account has this address, or this user name.");
    private static readonly Refusal KnownOrNotAllowed = Known with { Message = "Another account has this address, or this user name; or the address is not on the allow-list." };

    public async Task<Outcome<AccountView>> RunAsync(CreateRequest request, Actor actor, CancellationToken cancellation)
    {
        var email = Identifiers.Normal(request.Email);
        if (!Identifiers.IsEmail(email))
        {
            return Refusal.EmailAddress;
        }

        if (ProfileRules.Check(request.Username, request.DisplayName, request.Metadata, database.Names, options.Value) is { } wrong)
        {
            return wrong;
        }

        var user = new UserView(database.NewId(), email, request.Username is null ? null : Identifiers.Normal(request.Username), request.DisplayName, "", false);
        var happened = actor.Did("account_created", user.Id) with { New = new JsonObject { ["email"] = user.Email, ["username"] = user.Username, ["displayName"] = user.DisplayName } };
        var isNew = false;
        await database.ChangeAsync(
            [accounts.Adding(user, null, request.Metadata.ValueKind is JsonValueKind.Object ? request.Metadata.GetRawText() : null)],
            async reader => isNew = await reader.ReadAsync(cancellation),
            () => isNew ? [.. options.Value.Mail.IsOn ? reset.Sending(user) : [], audit.Entry(happened)] : null,
            cancellation);
        if (!isNew)
        {
            return database.HasAllowList ? KnownOrNotAllowed : Known;
        }

        reset.Wake();
        await announcer.AnnounceAsync([happened], cancellation);
        return (await users.GetAsync(user.Id, cancellation))!;
    }
}
