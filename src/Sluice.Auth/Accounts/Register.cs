using Microsoft.Extensions.Options;
using Sluice.Auth.Passwords;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>A new account. The password is hashed also for an address that is known, so that time says no more than the answer.</summary>
internal sealed class Register(AuthDatabase database, AccountStore accounts, HashingGate gate, SessionIssuer sessions, Announcer announcer, IOptions<SluiceAuthOptions> options)
{
    private const int LongestName = 200;

    public bool AnswersWithSession => options.Value.AutoConfirm;

    /// <returns>A session where accounts are confirmed at once; else nothing, whether or not there was one.</returns>
    public async Task<Outcome<Registration>> RunAsync(RegisterRequest request, Client client, CancellationToken cancellation)
    {
        var email = Identifiers.Normal(request.Email);
        var username = request.Username is null ? null : Identifiers.Normal(request.Username);
        if (!Identifiers.IsEmail(email))
        {
            return new Refusal(422, "email_address_invalid", "Unable to validate email address: invalid format");
        }

        if (username is not null && !Identifiers.IsUsername(username))
        {
            return new Refusal(422, "username_invalid", "A user name has 3 to 64 letters, digits, dots, hyphens or underscores, and begins with a letter or digit.");
        }

        if (request.DisplayName is { } name && (name.Length > LongestName || name.Any(char.IsControl)))
        {
            return Refusal.Invalid($"displayName has at most {LongestName} characters, and no control characters.");
        }

        if (PasswordRules.Check(request.Password, options.Value, email, username) is { } weak)
        {
            return weak;
        }

        if (await gate.MakeAsync(request.Password, cancellation) is not { } hash)
        {
            return Refusal.Busy;
        }

        var id = database.NewId();
        var role = await accounts.AddAsync(id, email, username, request.DisplayName, hash, cancellation);
        await announcer.TellAsync(role is null ? "register_known" : "register", role is null ? null : id, null, client, cancellation);
        if (!AnswersWithSession)
        {
            return new Registration(null);
        }

        // Here existence shows in any case: the other answer is a session.
        return role is not null && await sessions.BeginAsync(new UserView(id, email, username, request.DisplayName, role, false), hash, request.DeviceName, client, [], cancellation) is { } begun
            ? new Registration(begun.Tokens)
            : new Refusal(409, "user_already_exists", "User already registered");
    }
}

internal sealed record Registration(SessionTokens? Session);
