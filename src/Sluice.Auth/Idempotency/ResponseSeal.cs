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

    private readonly SealingKeys keys = new(options.Value, "sluice idempotency response");

    public string Close(string text, RequestKey request) => Mark + Convert.ToBase64String(keys.Seal(Bound(request), Encoding.UTF8.GetBytes(text)));

    /// <returns>The text; as it is where it was not sealed; null where none of the secrets opens it, or it is another row's.</returns>
    public string? Open(string text, RequestKey request)
    {
        if (!text.StartsWith(Mark, StringComparison.Ordinal))
        {
            return text;
        }

        return keys.Open(Bound(request), Convert.FromBase64String(text[Mark.Length..])) is { } open ? Encoding.UTF8.GetString(open) : null;
    }

    private static string Bound(RequestKey request) => $"{request.Key}\n{request.Route}";
}
