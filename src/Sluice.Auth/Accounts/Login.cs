using Microsoft.Extensions.Options;
using Sluice.Auth.Lockout;
using Sluice.Auth.Passwords;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>Sign-in with a password: the same work and the same answer for whatever is wrong.</summary>
internal sealed class Login(
    AccountStore accounts, HashingGate gate, SignInAttempts attempts, RateLimits rates, DeviceCookie devices, SessionIssuer sessions, Announcer announcer, IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    public async Task<Outcome<SessionTokens>> RunAsync(LoginRequest request, string? deviceCookie, Client client, CancellationToken cancellation)
    {
        var limits = options.Value.RateLimits;
        if ((await rates.TakeAsync("sign_in_client", ClientKey.Of(client.Ip), limits.SignInsPerClient, cancellation)
            ?? await rates.TakeAsync("sign_in_name", ClientKey.OfAccount(request.Identifier), limits.SignInsPerName, cancellation)) is { } tooMany)
        {
            return tooMany;
        }

        var account = await accounts.FindAsync(Identifiers.Normal(request.Identifier), cancellation);

        // A password that could not have been set is hashed all the same, but not at any length.
        var password = request.Password.Length <= options.Value.Passwords.MaximumLength * 2 ? request.Password : "";
        if (await gate.VerifyAsync(password, account?.PasswordHash ?? gate.Decoy, cancellation) is not { } verdict)
        {
            return Refusal.Busy;
        }

        var isRight = verdict is not Verdict.Wrong && account is { PasswordHash: not null, IsActive: true } && (options.Value.AutoConfirm || account.User.EmailVerified);
        var name = account?.User.Email ?? request.Identifier;
        var decision = await attempts.DecideAsync(name, client.Ip, devices.Read(name, deviceCookie, clock.GetUtcNow()), isRight, cancellation);
        if (!decision.IsAdmitted || account is not { PasswordHash: { } stored })
        {
            await TellAsync(decision, account?.User.Id, client, cancellation);
            return Refusal.Credentials;
        }

        // An old hash gives way to one of today, when there is room to make it.
        var fresh = verdict is Verdict.RightButOutdated ? await gate.MakeAsync(password, cancellation) : null;
        var begun = await sessions.BeginAsync(
            account.User, fresh ?? stored, request.DeviceName, client, fresh is null ? [] : [accounts.ReplacingHash(account.User.Id, stored, fresh)], cancellation);
        if (begun is null)
        {
            return Refusal.Credentials;
        }

        await announcer.TellAsync("login", account.User.Id, begun.Id, client, cancellation);
        if (!decision.IsKnown)
        {
            await announcer.TellAsync("login_new_client", account.User.Id, begun.Id, client, cancellation);
        }

        if (decision.FailuresBefore > 0)
        {
            await announcer.TellAsync("login_after_failures", account.User.Id, begun.Id, client, cancellation);
        }

        return begun.Tokens;
    }

    private async Task TellAsync(SignInDecision decision, string? userId, Client client, CancellationToken cancellation)
    {
        await announcer.TellAsync(decision.IsLocked ? "login_locked" : "login_failed", userId, null, client, cancellation);
        if (decision.LockedClient)
        {
            await announcer.TellAsync("client_locked", userId, null, client, cancellation);
        }

        if (decision.LockedAccount)
        {
            await announcer.TellAsync("account_locked", userId, null, client, cancellation);
        }
    }
}
