using Sluice.Auth.Audit;
using Sluice.Auth.Lockout;
using Sluice.Auth.Mail;
using Sluice.Auth.Passwords;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Factors;

/// <summary>Ten new codes, shown once; those of before are void.</summary>
internal sealed class RecoveryCodes(AuthDatabase database, FactorStore factors, FactorRights rights, RateLimits rates, HashingGate gate, Notices notices, AuditLog audit, Announcer announcer)
{
    // Each time costs as much as ten sign-ins.
    private static readonly RateLimit Makings = new(5, TimeSpan.FromHours(1));

    public static Refusal NoFactor { get; } = new(409, "no_factor", "There is no active second factor; enrol one first.");

    public async Task<Outcome<RecoveryCodeList>> RunAsync(AccessToken token, Client client, CancellationToken cancellation)
    {
        var allowed = await rights.OfAsync(token, cancellation);
        if (allowed.Value is not { } bearer)
        {
            return allowed.Refusal!;
        }

        if (!bearer.HasFactor)
        {
            return NoFactor;
        }

        var made = await MakeAsync(bearer.User.Id, cancellation);
        if (made.Value is not { Codes: var codes, Hashes: var hashes })
        {
            return made.Refusal!;
        }

        var happened = AuditEvent.Of("recovery_codes_made", bearer.User.Id, token.SessionId, client);
        await database.ChangeAsync(
            [
                factors.Holding(bearer.User.Id), .. factors.ReplacingCodes(bearer.User.Id, hashes),
                .. notices.Telling(LetterKind.FactorsChanged, bearer.User.Email, bearer.User.Id, client),
            ],
            null,
            () => [audit.Entry(happened)],
            cancellation);
        notices.Wake();
        await announcer.AnnounceAsync([happened], cancellation);
        return new RecoveryCodeList(codes);
    }

    /// <returns>What is shown and what is kept.</returns>
    public async Task<Outcome<NewRecoveryCodes>> MakeAsync(string userId, CancellationToken cancellation)
    {
        if (await rates.TakeAsync("recovery_codes_made", userId, Makings, cancellation) is { } tooMany)
        {
            return tooMany;
        }

        var codes = Enumerable.Range(0, RecoveryCode.Count).Select(RecoveryCode.New).ToList();
        var hashes = new List<string>();
        foreach (var code in codes)
        {
            if (await gate.MakeAsync(code, cancellation) is not { } hash)
            {
                return Refusal.Busy;
            }

            hashes.Add(hash);
        }

        return new NewRecoveryCodes(codes, hashes);
    }
}

internal sealed record NewRecoveryCodes(List<string> Codes, List<string> Hashes);
