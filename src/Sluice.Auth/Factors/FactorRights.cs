using System.Globalization;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Factors;

/// <summary>Who may change what the next sign-ins need: who has signed in just now, with the second factor where there is one.</summary>
internal sealed class FactorRights(AuthDatabase database, FactorStore factors, IOptions<SluiceAuthOptions> options)
{
    private readonly TimeSpan fresh = options.Value.Factors.FreshFor;

    public async Task<Outcome<Bearer>> OfAsync(AccessToken token, CancellationToken cancellation) => await factors.BearerAsync(token.SessionId, token.Subject, cancellation) switch
    {
        null => Refusal.Unauthenticated,
        { HasFactor: true, Assurance.IsTwo: false } => Refusal.InsufficientAal,
        var bearer when bearer.Since + fresh < database.Now => TooOld(),
        var bearer => bearer,
    };

    // RFC 9470 again.
    private Refusal TooOld() => new(403, "recent_sign_in_needed", "This needs a sign-in of the last minutes; show the second factor again, or sign in again.")
    {
        Challenge = string.Create(CultureInfo.InvariantCulture, $"Bearer error=\"insufficient_user_authentication\", error_description=\"A recent sign-in is needed\", max_age=\"{(int)fresh.TotalSeconds}\""),
    };
}
