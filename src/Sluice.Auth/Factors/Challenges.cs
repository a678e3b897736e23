using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Audit;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Factors;

/// <summary>Asks for a second factor: whichever way somebody signed in, this comes before the session.</summary>
internal sealed class Challenges(AuthDatabase database, ChallengeStore store, FactorStore factors, AuditLog audit, Announcer announcer, IOptions<SluiceAuthOptions> options)
{
    /// <param name="sessionId">The session that is to be worth more; null for a sign-in.</param>
    /// <param name="passwordHash">What the account must still have when the second factor comes.</param>
    /// <param name="amr">What the first factor was, in a word of RFC 8176.</param>
    /// <param name="together">What must be written with it or not at all.</param>
    public async Task<ChallengeView> BeginAsync(
        string userId, string? sessionId, string? passwordHash, string amr, string? device, IEnumerable<NpgsqlBatchCommand> together, IReadOnlyList<AuditEvent> events, CancellationToken cancellation)
    {
        var (token, now, lifetime) = (RandomToken.New(), database.Now, options.Value.Factors.ChallengeLifetime);
        await database.ChangeAsync(
            [.. together, store.RemovingOf(sessionId), store.Adding(token, userId, sessionId, Credential(passwordHash), amr, device, now, now + lifetime)],
            null,
            () => events.Select(audit.Entry),
            cancellation);
        await announcer.AnnounceAsync(events, cancellation);
        var list = await factors.ListAsync(userId, cancellation);
        return new ChallengeView(
            token,
            (int)lifetime.TotalSeconds,
            [
                .. list.Factors.Where(f => f.ActivatedAt is not null).Select(f => new Offer(f.Type, f.Id, f.Name)),
                .. list.RecoveryCodesLeft > 0 ? [new Offer("recovery_code")] : Array.Empty<Offer>(),
            ]);
    }

    /// <summary>What a sign-in is answered with: not refused, and not done.</summary>
    public static Refusal Required(ChallengeView challenge) => new(401, "mfa_required", "The sign-in needs a second factor.")
    {
        Waits = challenge.MfaToken,
        Members = json =>
        {
            json.WriteString("mfaToken", challenge.MfaToken);
            json.WriteNumber("expiresIn", challenge.ExpiresIn);
            json.WritePropertyName("factors");
            JsonSerializer.Serialize(json, challenge.Factors, FactorJson.Default.ListOffer);
        },
    };

    /// <summary>Tells whether a password is still the one of before, and nothing else of it.</summary>
    public static string? Credential(string? passwordHash) => passwordHash is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(passwordHash)));
}
