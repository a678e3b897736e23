using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Idempotency;

/// <summary>
/// Seals answers that carry tokens (AES-256-GCM, NIST SP 800-38D), so that a reader of the table has none. Bound to the record's
/// key and route: moved to another row it does not open.
/// </summary>
internal sealed class ResponseSeal(IOptions<SluiceAuthOptions> options)
{
    private const string Mark = "sealed:v1:";
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        options.Value.Secret.Length > 0 ? Convert.FromBase64String(options.Value.Secret) : Encoding.UTF8.GetBytes(options.Value.Tokens.HmacSecret),
        32,
        info: "sluice idempotency response"u8.ToArray());

    public string Close(string text, RequestKey request)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var box = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(box.AsSpan(0, NonceBytes), plain, box.AsSpan(NonceBytes + TagBytes), box.AsSpan(NonceBytes, TagBytes), Bound(request));
        return Mark + Convert.ToBase64String(box);
    }

    /// <returns>The text; as it is where it was not sealed; null where it does not open: another secret, or another row's.</returns>
    public string? Open(string text, RequestKey request)
    {
        if (!text.StartsWith(Mark, StringComparison.Ordinal))
        {
            return text;
        }

        var box = Convert.FromBase64String(text[Mark.Length..]);
        var plain = new byte[box.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(box.AsSpan(0, NonceBytes), box.AsSpan(NonceBytes + TagBytes), box.AsSpan(NonceBytes, TagBytes), plain, Bound(request));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return Encoding.UTF8.GetString(plain);
    }

    private static byte[] Bound(RequestKey request) => Encoding.UTF8.GetBytes($"{request.Key}\n{request.Route}");
}
