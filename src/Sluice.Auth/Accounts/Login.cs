using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Audit;
using Sluice.Auth.Factors;
using Sluice.Auth.Lockout;
using Sluice.Auth.Mail;
using Sluice.Auth.Passwords;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>Sign-in with a password: the same work and the same answer for whatever is wrong.</summary>
internal sealed class Login(
    AccountStore accounts, HashingGate gate, SignInAttempts attempts, RateLimits rates, DeviceCookie devices, SignInPlaces places, TrustedDevices trusted,
    SessionIssuer sessions, Challenges challenges, NewPassword passwords, Notices notices, Announcer announcer, IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    // Whoever mistypes once or twice knows about it.
    private const int FailuresWorthTelling = 3;

    public static readonly Refusal ChangeRequired =
        new(403, "password_change_required", "Somebody else may know this password. Send the same once more, with another as newPassword.");

    public static readonly Refusal NotAsked = Refusal.Invalid("newPassword is for sign-ins that were answered with password_change_required.");

    /// <param name="to">Whom the session is for; null for the application's own pages.</param>
    /// <param name="trustedCookie">Of a browser that need not show the second factor; null where it must.</param>
    public async Task<Outcome<SessionTokens>> RunAsync(LoginRequest request, string? deviceCookie, string? trustedCookie, Client client, CancellationToken cancellation, IssuedTo? to = null)
    {
        var limits = options.Value.RateLimits;
        if (await rates.TakeAsync("sign_in_client", ClientKey.Of(client.Ip), limits.SignInsPerClient, cancellation) is { } tooMany)
        {
            return tooMany;
        }

        // A device of the owner has an allowance of its own, which strangers who ask for the name cannot use up.
        var account = await accounts.FindAsync(Identifiers.Normal(request.Identifier), cancellation);
        var name = account?.User.Email ?? request.Identifier;
        var device = devices.Read(name, deviceCookie, clock.GetUtcNow());
        if (await rates.TakeAsync("sign_in_name", device is null ? ClientKey.OfAccount(request.Identifier) : ClientKey.OfDevice(device), limits.SignInsPerName, cancellation) is { } tooManyOfName)
        {
            return tooManyOfName;
        }

        // A password that could not have been set is hashed all the same, but not at any length.
        var password = request.Password.Length <= options.Value.Passwords.MaximumLength * 2 ? request.Password : "";
        if (await gate.VerifyAsync(password, account?.PasswordHash ?? gate.Decoy, cancellation) is not { } verdict)
        {
            return Refusal.Busy;
        }

        var isRight = verdict is not Verdict.Wrong && account is { PasswordHash: not null, IsActive: true } && (options.Value.ConfirmsAtOnce || account.User.EmailVerified);
        var decision = await attempts.DecideAsync(new Attempt(name, account?.User.Id, client, device), isRight, cancellation);
        if (!decision.IsAdmitted || account is not { PasswordHash: { } stored })
        {
            return Refusal.Credentials;
        }

        // With a second factor the password alone opens nothing, not even the way to another: the factor comes first.
        var mustChange = account is { MustChange: true, HasFactor: false };
        if (mustChange && request.NewPassword is null)
        {
            await announcer.TellAsync(AuditEvent.Of("login_password_change_required", account.User.Id, null, client), cancellation);
            return ChangeRequired;
        }

        if (request.NewPassword is { } wanted)
        {
            return mustChange ? await ChangeAsync(account, request, wanted, decision, client, to, cancellation) : NotAsked;
        }

        // An old hash gives way to one of today, when there is room to make it.
        var fresh = verdict is Verdict.RightButOutdated ? await gate.MakeAsync(password, cancellation) : null;
        var place = await places.LookAsync(new Seen(name, client, device), decision.IsKnown, cancellation);
        NpgsqlBatchCommand[] together =
        [
            .. notices.TellingOf(place.IsNewCountry, !place.IsKnown || decision.FailuresBefore >= FailuresWorthTelling, account.User.Email, account.User.Id, client),
            .. fresh is null ? [] : new[] { accounts.ReplacingHash(account.User.Id, stored, fresh) },
        ];
        // Behind the account's row, as where it is unlocked. Its client was noted with the decision.
        IEnumerable<NpgsqlBatchCommand> noting = client.Country is null ? [] : places.Noting(place);
        if (account is { HasFactor: true, MustChange: false } && await trusted.FindAsync(trustedCookie, account.User.Id, cancellation) is { } known)
        {
            return await BeginAsync(account, request, fresh ?? stored, together, Actions("login", place, decision).Append("login_trusted_device"), client, to, cancellation, [.. noting, trusted.Using(known)], known);
        }

        if (account.HasFactor)
        {
            var asked = Actions("second_factor_required", place, decision).Select(a => AuditEvent.Of(a, account.User.Id, null, client));
            var challenge = await challenges.BeginAsync(account.User.Id, null, fresh ?? stored, Assurance.Password.Methods, request.DeviceName, [.. together, .. noting], [.. asked], cancellation);
            notices.Wake();
            return Challenges.Required(challenge);
        }

        return await BeginAsync(account, request, fresh ?? stored, together, Actions("login", place, decision), client, to, cancellation, noting);
    }

    // What was demanded: the sign-in that brings another password begins a session with it, in one transaction.
    private async Task<Outcome<SessionTokens>> ChangeAsync(Account account, LoginRequest request, string wanted, SignInDecision decision, Client client, IssuedTo? to, CancellationToken cancellation)
    {
        var prepared = await passwords.PrepareAsync(account, request.Password, wanted, client, cancellation);
        return prepared.Value is { } replacement
            ? await BeginAsync(account, request, replacement.Hash, replacement.Commands, Actions("login", new Place(new Seen(account.User.Email, client, null), decision.IsKnown, false), decision).Prepend("password_changed"), client, to, cancellation)
            : prepared.Refusal!;
    }

    private async Task<Outcome<SessionTokens>> BeginAsync(
        Account account, LoginRequest request, string hash, IEnumerable<NpgsqlBatchCommand> together, IEnumerable<string> actions, Client client, IssuedTo? to, CancellationToken cancellation,
        IEnumerable<NpgsqlBatchCommand>? after = null, string? trustedDevice = null)
    {
        var session = await sessions.PrepareAsync(account.User, hash, request.DeviceName, client, to: to, trustedDevice: trustedDevice, cancellation: cancellation);
        var begun = await sessions.BeginAsync(session, together, [.. actions.Select(a => AuditEvent.Of(a, account.User.Id, session.Id, client))], cancellation, after: after);
        notices.Wake();
        return begun ? session.Tokens : Refusal.Credentials;
    }

    private static IEnumerable<string> Actions(string action, Place place, SignInDecision decision)
    {
        yield return action;
        foreach (var noted in place.Actions)
        {
            yield return noted;
        }

        if (decision.FailuresBefore > 0)
        {
            yield return "login_after_failures";
        }
    }
}
