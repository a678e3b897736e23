using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Audit;
using Sluice.Auth.Factors;
using Sluice.Auth.Lockout;
using Sluice.Auth.Mail;
using Sluice.Auth.Passwords;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>The second half of a sign-in, or more worth for a session: a new session at aal2 either way.</summary>
internal sealed class SecondFactor(
    ChallengeStore store, FactorStore factors, FactorSecrets secrets, NewPassword passwords, HashingGate gate, RateLimits rates, TrustedDevices trusted, SessionIssuer sessions, Notices notices, AuditLog audit, Announcer announcer,
    IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    // Whether it was wrong, used before or too late, and whether the sign-in still waits: one answer.
    private static readonly Refusal Wrong = new(401, "invalid_second_factor", "The code is not right, or came too late.");

    private readonly FactorOptions limits = options.Value.Factors;

    public async Task<Outcome<SessionTokens>> RunAsync(SecondFactorRequest request, Client client, CancellationToken cancellation, IssuedTo? to = null)
    {
        if (request.Code is null == request.RecoveryCode is null)
        {
            return Refusal.Invalid("Send either code or recoveryCode.");
        }

        // Before anything is kept of who knows no password.
        if (await rates.TakeAsync("second_factor_client", ClientKey.Of(client.Ip), options.Value.RateLimits.SignInsPerClient, cancellation) is { } tooOften)
        {
            return tooOften;
        }

        if (!RandomToken.IsOne(request.MfaToken) || await store.TakeAsync(request.MfaToken, limits.TriesPerChallenge, cancellation) is not { } challenge)
        {
            await announcer.TellAsync(AuditEvent.Of("second_factor_failed", null, null, client), cancellation);
            return Wrong;
        }

        // Apart, so that who knows the password cannot shut the owner's recovery codes out by guessing at the app's.
        var budget = request.Code is null ? "recovery_codes" : "second_factors";
        if (await rates.TakeAsync(budget, challenge.User.Id, limits.TriesPerAccount, cancellation) is { } tooMany)
        {
            await announcer.TellAsync(AuditEvent.Of("second_factor_locked", challenge.User.Id, challenge.SessionId, client), cancellation);
            return tooMany;
        }

        var shown = request.Code is { } code ? ByApp(challenge, code) : await ByRecoveryCodeAsync(challenge, request.RecoveryCode!, cancellation);
        if (shown.Refusal is { } refusal)
        {
            return refusal;
        }

        Replacement? replacement = null;
        var isRight = shown.Value is not null && Challenges.Credential(challenge.PasswordHash) == challenge.Credential;
        if (isRight)
        {
            // Neither the code nor the challenge is used up by a password that may not be one.
            var prepared = await PrepareAsync(challenge, request.NewPassword, client, cancellation);
            if (prepared.Refusal is { } unfit)
            {
                return unfit;
            }

            replacement = prepared.Value;
        }

        var trust = request.TrustDevice && trusted.AreOn ? RandomToken.New() : null;
        var session = isRight
            ? await BeginAsync(challenge, shown.Value!, replacement, trust, rates.GivingBack(budget, challenge.User.Id, limits.TriesPerAccount), client, to, cancellation)
            : null;
        if (session is null)
        {
            await announcer.TellAsync(AuditEvent.Of("second_factor_failed", challenge.User.Id, challenge.SessionId, client), cancellation);
            return Wrong;
        }

        notices.Wake();
        return session.Tokens with { TrustedDevice = trust };
    }

    // Another password, where it is demanded; a demand has ended every session, so that there is none to be worth more.
    private async Task<Outcome<Replacement>> PrepareAsync(Challenge challenge, string? wanted, Client client, CancellationToken cancellation) =>
        challenge is not { MustChange: true, SessionId: null, PasswordHash: { } hash } ? new Outcome<Replacement>(null, wanted is null ? null : Login.NotAsked)
        : wanted is null ? Login.ChangeRequired
        : await passwords.PrepareAsync(new Account(challenge.User, hash, IsActive: true, HasFactor: true, MustChange: true), null, wanted, client, cancellation);

    // The code, the challenge and the session it asks for, each still there and there once, or nothing.
    private async Task<NewSession?> BeginAsync(Challenge challenge, Shown shown, Replacement? replacement, string? trust, IEnumerable<NpgsqlBatchCommand> givingBack, Client client, IssuedTo? to, CancellationToken cancellation)
    {
        var user = challenge.User;
        var session = await sessions.PrepareAsync(
            user, replacement?.Hash ?? challenge.PasswordHash, challenge.Device, client, Assurance.Of(challenge.Amr, shown.Method), challenge.Until, to, cancellation: cancellation);
        var spending = store.Spending(challenge.Token);
        NpgsqlBatchCommand[] notice = shown.Action is null ? [] : notices.Telling(LetterKind.RecoveryCodeUsed, user.Email, user.Id, client);
        // Another password ends the trust in every browser; that in this one comes after it.
        NpgsqlBatchCommand[] trusting = trust is null ? [] : trusted.Trusting(trust, user.Id, challenge.Device, client);
        NpgsqlBatchCommand[] together = [factors.Holding(user.Id), shown.Using, spending, .. replacement?.Commands ?? [], .. trusting, .. givingBack, .. notice];
        string[] actions = [.. shown.Action is { } action ? [action] : Array.Empty<string>(), .. replacement is null ? [] : new[] { "password_changed" }, .. trust is null ? [] : new[] { "device_trusted" }];
        AuditEvent[] used = [.. actions.Select(a => AuditEvent.Of(a, user.Id, session.Id, client))];
        if (challenge.SessionId is not { } old)
        {
            return await sessions.BeginAsync(session, together, [AuditEvent.Of("login", user.Id, session.Id, client), .. used], cancellation, Held) ? session : null;
        }

        if (await sessions.EndAsync(
            new Ending(user.Id, old, null, "step_up", user.Id),
            AuditEvent.Of("step_up", user.Id, session.Id, client),
            [.. together, session.SigningIn, session.Beginning, .. used.Select(audit.Entry)],
            ended => ended.Count == 1 && session.Beginning.RecordsAffected == 1 && Held(),
            cancellation) is null)
        {
            return null;
        }

        await announcer.AnnounceAsync(used, cancellation);
        return session;

        bool Held() => shown.Using.RecordsAffected == 1 && spending.RecordsAffected == 1 && replacement is null or { Replacing.RecordsAffected: 1 };
    }

    private Outcome<Shown> ByApp(Challenge challenge, string code)
    {
        var now = clock.GetUtcNow();
        Shown? shown = null;
        foreach (var (id, text, keyId) in challenge.Secrets)
        {
            if (Totp.Match(secrets.Open(challenge.User.Id, keyId, text), code, now) is { } step)
            {
                shown = new Shown(store.UsingStep(id, challenge.User.Id, step), "otp", null);
            }
        }

        return new Outcome<Shown>(shown, null);
    }

    private async Task<Outcome<Shown>> ByRecoveryCodeAsync(Challenge challenge, string typed, CancellationToken cancellation)
    {
        var read = RecoveryCode.Read(typed);
        var hash = read is { Position: var position } ? await store.CodeAtAsync(challenge.User.Id, position, cancellation) : null;
        // As much work for a place that is used up as for one that is not.
        if (await gate.VerifyAsync(read?.Code ?? "", hash ?? gate.Decoy, cancellation) is not { } verdict)
        {
            return Refusal.Busy;
        }

        return new Outcome<Shown>(
            read is { } code && hash is not null && verdict is not Verdict.Wrong ? new Shown(store.UsingCode(challenge.User.Id, code.Position, hash), "recovery_code", "recovery_code_used") : null, null);
    }

    /// <summary>A factor that was right; whether it is the first time, its command says.</summary>
    private sealed record Shown(NpgsqlBatchCommand Using, string Method, string? Action);
}
