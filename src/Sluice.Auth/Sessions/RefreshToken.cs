using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Sessions;

/// <summary>
/// A <see cref="RandomToken"/>. A successor is made of the token and a random salt: all who present the token while it is being
/// replaced make the same one from the stored salt, and who sees only the database makes none.
/// </summary>
internal static class RefreshToken
{
    public static byte[] NewSalt() => RandomNumberGenerator.GetBytes(RandomToken.Size);

    /// <param name="token">Ours, or of a system before us: <see cref="RandomToken.MayBeOne"/>.</param>
    public static string Successor(string token, byte[] salt) => Base64Url.EncodeToString(HMACSHA256.HashData(Secret(token), salt));

    /// <summary>What the database holds. As a client's it is known by a hash that needs the client's id: in other hands it is no token.</summary>
    public static string Hash(string token, string? client) =>
        client is null ? RandomToken.Hash(token) : Convert.ToHexStringLower(HMACSHA256.HashData(Secret(token), Encoding.UTF8.GetBytes($"client {client}")));

    private static byte[] Secret(string token) => RandomToken.IsOne(token) ? Base64Url.DecodeFromChars(token) : Encoding.ASCII.GetBytes(token);
}
