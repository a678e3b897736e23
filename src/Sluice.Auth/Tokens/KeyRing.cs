using System.Collections.Frozen;

namespace Sluice.Auth.Tokens;

/// <summary>The keys as this process knows them; replaced as a whole.</summary>
internal sealed class KeyRing
{
    private volatile FrozenDictionary<string, TokenKey> keys = FrozenDictionary<string, TokenKey>.Empty;

    /// <summary>Another one whenever a key came or went: what was verified with the ring before is verified again.</summary>
    public object Version => keys;

    public IReadOnlyCollection<TokenKey> Keys => keys.Values;

    /// <summary>Keys that are known already stay the same objects, and keep what they have opened.</summary>
    public void Replace(IEnumerable<TokenKey> now)
    {
        var next = now.Select(k => keys.TryGetValue(k.Kid, out var known) && known.VerifiesUntil == k.VerifiesUntil && known.SignsFrom == k.SignsFrom && known.PublicKey.AsSpan().SequenceEqual(k.PublicKey) ? known : k)
            .ToFrozenDictionary(k => k.Kid, StringComparer.Ordinal);
        if (next.Count != keys.Count || next.Any(k => !keys.TryGetValue(k.Key, out var known) || known != k.Value))
        {
            keys = next;
        }
    }

    public TokenKey? Verifier(ReadOnlySpan<char> kid, DateTimeOffset now) => keys.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(kid, out var key) && now < key.VerifiesUntil ? key : null;

    /// <summary>The key that tokens with this header, as they have it, are known to be of.</summary>
    public TokenKey? Verifier(ReadOnlySpan<byte> header, DateTimeOffset now)
    {
        foreach (var key in keys.Values)
        {
            if (key.Header is { } known && header.SequenceEqual(known))
            {
                return now < key.VerifiesUntil ? key : null;
            }
        }

        return null;
    }

    /// <summary>The newest that every verifier has had time to read; the very first, where the clock of the node that made it is ahead of ours.</summary>
    public TokenKey Signer(DateTimeOffset now) =>
        keys.Values.Where(k => k.SignsFrom <= now).MaxBy(k => k.SignsFrom)
        ?? keys.Values.MinBy(k => k.SignsFrom) ?? throw new InvalidOperationException("There is no key to sign with: the host has not started.");
}
