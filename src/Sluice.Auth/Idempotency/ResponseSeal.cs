using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Idempotency;

/// <summary>
/// Seals answers that carry tokens, so that a reader of the table has none. Bound to the record's
/// key and route: moved to another row it does not open.
/// </summary>
internal sealed class ResponseSeal(IOptions<SluiceAuthOptions> options)
{
    private const string Mark = "sealed:v1:";

    private readonly byte[] key = Sealed.Key(options.Value, "sluice idempotency response");

    public string Close(string text, RequestKey request) => Mark + Convert.ToBase64String(Sealed.Seal(key, Bound(request), Encoding.UTF8.GetBytes(text)));

    /// <returns>The text; as it is where it was not sealed; null where it does not open: another secret, or another row's.</returns>
    public string? Open(string text, RequestKey request)
    {
        if (!text.StartsWith(Mark, StringComparison.Ordinal))
        {
            return text;
        }

        try
        {
            return Encoding.UTF8.GetString(Sealed.Open(key, Bound(request), Convert.FromBase64String(text[Mark.Length..])));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static string Bound(RequestKey request) => $"{request.Key}\n{request.Route}";
}
