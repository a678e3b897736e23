using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Auth.Storage;

/// <summary>32 random bytes in base64url, of which the database holds only a hash.</summary>
internal static class RandomToken
{
    public const int Size = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Size));

    /// <summary>What the database holds.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    /// <summary>Ours, or what another system gave out before its sessions came here: of either only the hash is kept.</summary>
    public static bool MayBeOne(string text) => text.Length is >= 16 and <= 512 && Ascii.IsValid(text);

    public static bool IsOne(string text)
    {
        Span<byte> bytes = stackalloc byte[Size];
        return text.Length == 43 && Base64Url.DecodeFromChars(text, bytes, out _, out var written) is OperationStatus.Done && written == Size && Base64Url.EncodeToString(bytes) == text;
    }
}
