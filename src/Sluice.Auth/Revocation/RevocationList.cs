using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Auth.Revocation;

/// <summary>What must not be accepted, in memory: asked on every request, told by <see cref="RevocationFeed"/> and <see cref="RedisFeed"/>.</summary>
internal sealed class RevocationList
{
    private const int HalfLength = 32;

    private readonly ConcurrentDictionary<UInt128, Entry> entries = new();

    public int Count => entries.Count;

    /// <summary>All that is held, by the hashes as the table has them.</summary>
    public IEnumerable<Revoked> All => entries.Select(e => new Revoked(
        string.Create(CultureInfo.InvariantCulture, $"{e.Key:x32}{e.Value.Rest:x32}"), DateTimeOffset.FromUnixTimeSeconds(e.Value.Expires)));

    public bool Holds(UInt128 key) => !entries.IsEmpty && entries.ContainsKey(key);

    public void Add(Revoked revoked)
    {
        if (revoked.Hash.Length == HalfLength * 2 && Half(revoked.Hash.AsSpan(0, HalfLength)) is { } key && Half(revoked.Hash.AsSpan(HalfLength)) is { } rest)
        {
            var entry = new Entry(rest, revoked.Expires.ToUnixTimeSeconds());
            // Never shorter than it was.
            entries.AddOrUpdate(key, entry, (_, old) => old.Expires >= entry.Expires ? old : entry);
        }
    }

    /// <summary>What another node tells; what is no such message is none.</summary>
    public void Hear(string told, DateTimeOffset now)
    {
        if (Revoked.Hear(told, now) is { } revoked)
        {
            Add(revoked);
        }
    }

    /// <summary>Forgets what has expired: its tokens are refused for that.</summary>
    public void Prune(DateTimeOffset now)
    {
        var limit = now.ToUnixTimeSeconds();
        foreach (var (key, entry) in entries)
        {
            if (entry.Expires < limit)
            {
                entries.TryRemove(new KeyValuePair<UInt128, Entry>(key, entry));
            }
        }
    }

    /// <summary>The first half of a hash of the table, which is enough to find it by.</summary>
    public static UInt128 KeyOf(ReadOnlySpan<char> revoked)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(revoked)];
        Encoding.UTF8.GetBytes(revoked, bytes);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>As the table has it.</summary>
    public static string HashOf(ReadOnlySpan<char> revoked) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(revoked.ToString())));

    public static string OfSession(string sessionId) => $"session:{sessionId}";

    /// <summary>The access tokens that somebody was given while the roles were of that version.</summary>
    public static string OfRoles(string userId, long version) => string.Create(CultureInfo.InvariantCulture, $"roles:{userId}:{version}");

    private static UInt128? Half(ReadOnlySpan<char> hex) => UInt128.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var half) ? half : null;

    private readonly record struct Entry(UInt128 Rest, long Expires);
}
