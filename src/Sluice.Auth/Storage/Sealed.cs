using System.Security.Cryptography;
using System.Text;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Storage;

/// <summary>AES-256-GCM: nonce, tag, text. Bound to a name, so that no sealed thing takes another's place.</summary>
internal static class Sealed
{
    private const int Nonce = 12;
    private const int Tag = 16;

    /// <summary>A key of its own for each purpose, from the one secret of the installation (HKDF, RFC 5869).</summary>
    public static byte[] Key(SluiceAuthOptions options, string purpose) => Key(options.Secret, purpose);

    public static byte[] Key(string secret, string purpose) => HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        Encoding.UTF8.GetBytes(secret),
        32,
        info: Encoding.UTF8.GetBytes(purpose));

    public static byte[] Seal(byte[] secret, string name, ReadOnlySpan<byte> open)
    {
        var text = new byte[Nonce + Tag + open.Length];
        RandomNumberGenerator.Fill(text.AsSpan(0, Nonce));
        using var aes = new AesGcm(secret, Tag);
        aes.Encrypt(text.AsSpan(0, Nonce), open, text.AsSpan(Nonce + Tag), text.AsSpan(Nonce, Tag), Encoding.UTF8.GetBytes(name));
        return text;
    }

    /// <returns>Null for what was sealed with another secret, for another name, or was changed.</returns>
    public static byte[]? TryOpen(byte[] secret, string name, ReadOnlySpan<byte> text)
    {
        try
        {
            return text.Length < Nonce + Tag ? null : Open(secret, name, text);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <exception cref="CryptographicException">Another secret, another name, or changed.</exception>
    public static byte[] Open(byte[] secret, string name, ReadOnlySpan<byte> text)
    {
        var open = new byte[Math.Max(0, text.Length - Nonce - Tag)];
        using var aes = new AesGcm(secret, Tag);
        aes.Decrypt(text[..Nonce], text[(Nonce + Tag)..], text.Slice(Nonce, Tag), open, Encoding.UTF8.GetBytes(name));
        return open;
    }
}
