using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Auth.Revocation;

/// <summary>What must not be accepted, in memory: asked on every request, told by <see cref="RevocationFeed"/>.</summary>
internal sealed class RevocationList
{
    private readonly ConcurrentDictionary<UInt128, long> expiries = new();

    public int Count => expiries.Count;

    public bool Holds(UInt128 key) => !expiries.IsEmpty && expiries.ContainsKey(key);

    /// <param name="tokenHash">As the table has it.</param>
    public void Add(string tokenHash, DateTimeOffset expires)
    {
        if (UInt128.TryParse(tokenHash.AsSpan(0, Math.Min(32, tokenHash.Length)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key))
        {
            expiries[key] = expires.ToUnixTimeSeconds();
        }
    }

    /// <summary>Forgets what has expired: its tokens are refused for that.</summary>
    public void Prune(DateTimeOffset now)
    {
        var limit = now.ToUnixTimeSeconds();
        foreach (var (key, expires) in expiries)
        {
            if (expires < limit)
            {
                expiries.TryRemove(key, out _);
            }
        }
    }

    /// <summary>The first half of a hash of the table, which is enough to find it by.</summary>
    public static UInt128 KeyOf(string revoked)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(revoked), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    public static string OfSession(string sessionId) => $"session:{sessionId}";
}
