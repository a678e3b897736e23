using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Auth.Sessions;

/// <summary>
/// 32 random bytes in base64url. A successor is made of the token and a random salt: all who present the token while it is being
/// replaced make the same one from the stored salt, and who sees only the database makes none.
/// </summary>
internal static class RefreshToken
{
    private const int Size = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Size));

    public static byte[] NewSalt() => RandomNumberGenerator.GetBytes(Size);

    public static string Successor(string token, byte[] salt) => Base64Url.EncodeToString(HMACSHA256.HashData(Base64Url.DecodeFromChars(token), salt));

    /// <summary>What the database holds.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    public static bool IsOne(string text)
    {
        Span<byte> bytes = stackalloc byte[Size];
        return text.Length == 43 && Base64Url.DecodeFromChars(text, bytes, out _, out var written) is OperationStatus.Done && written == Size && Base64Url.EncodeToString(bytes) == text;
    }
}
