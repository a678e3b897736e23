using Microsoft.Extensions.Options;
using Sluice.Auth.Audit;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Factors;

/// <summary>A secret for an authenticator app. It asks for nothing until a code of it was shown.</summary>
internal sealed class EnrolFactor(AuthDatabase database, FactorStore factors, FactorRights rights, FactorSecrets secrets, AuditLog audit, Announcer announcer, IOptions<SluiceAuthOptions> options)
{
    private const int LongestName = 64;

    private static readonly Refusal TooMany = new(409, "too_many_factors", "There are as many authenticator apps as there may be; remove one first.");

    public async Task<Outcome<Enrolment>> RunAsync(AccessToken token, EnrolRequest request, Client client, CancellationToken cancellation)
    {
        if (request.Name is { } name && (name.Length > LongestName || name.Any(char.IsControl)))
        {
            return Refusal.Invalid($"name has at most {LongestName} characters, and no control characters.");
        }

        var allowed = await rights.OfAsync(token, cancellation);
        if (allowed.Value is not { User: var user })
        {
            return allowed.Refusal!;
        }

        var (id, secret) = (database.NewId(), Totp.NewSecret());
        var adding = factors.Adding(id, user.Id, request.Name, secrets.Seal(user.Id, secret), secrets.KeyId);
        var happened = new AuditEvent("factor_enrolled", "factor", id) { UserId = user.Id, SessionId = token.SessionId, Client = client };
        if (!await database.ChangeAsync(
            [factors.Holding(user.Id), factors.RemovingPending(user.Id), adding], null, () => adding.RecordsAffected == 1 ? [audit.Entry(happened)] : null, cancellation))
        {
            return TooMany;
        }

        await announcer.AnnounceAsync([happened], cancellation);
        var uri = Totp.Uri(secret, Issuer, user.Email);
        // A picture of a longer text would be too fine for a telephone.
        uri = uri.Length <= QrCode.LongestText ? uri : Totp.Uri(secret, Issuer, user.Id);
        return new Enrolment(id, FactorView.Totp, request.Name, Base32.Encode(secret), uri, QrCode.Encode(uri).ToSvg());
    }

    private string Issuer => options.Value.Factors.Name is { Length: > 0 } name ? name : new Uri(options.Value.Issuer).Host;
}
