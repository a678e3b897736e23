using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Sluice.Auth.Revocation;

namespace Sluice.Auth.Tokens;

/// <summary>
/// Verification with a memory: a token that was verified is found again by its signature and compared whole, so that the
/// arithmetic is done once. Time and revocation are asked every time. As many places as there are, no more.
/// </summary>
internal sealed class VerifiedTokens(TokenReader reader, RevocationList revoked, Hearing hearing, KeyRing keys, TimeProvider clock)
{
    private const int Shelves = 1 << 12;
    private const int Tail = 8;

    // With one place for each signature, two tokens in use that want the same would push each other out on every request.
    private const int Places = 4;

    private readonly Entry?[] entries = new Entry?[Shelves * Places];

    /// <summary>No token is accepted, since nobody knows here what was revoked.</summary>
    public bool IsDeaf => hearing.IsDeaf(clock.GetUtcNow());

    /// <returns>Null for what must not be accepted now.</returns>
    public AccessToken? Verify(ReadOnlySpan<char> text)
    {
        if (text.Length < Tail)
        {
            return null;
        }

        // The last sign of a signature has spare bits; those before it are as good as random.
        var hash = string.GetHashCode(text[^Tail..]);
        var shelf = entries.AsSpan((int)((uint)hash % Shelves) * Places, Places);
        var ring = keys.Version;
        var now = clock.GetUtcNow();
        var token = Find(shelf, hash, text, ring) ?? Keep(shelf, hash, text, ring, now);
        return token is not null && now < token.Expires && !token.IsRevokedBy(revoked) && !hearing.IsDeaf(now) ? token : null;
    }

    private static AccessToken? Find(ReadOnlySpan<Entry?> shelf, int hash, ReadOnlySpan<char> text, object ring)
    {
        foreach (ref readonly var place in shelf)
        {
            if (Volatile.Read(in place) is { } entry && entry.Hash == hash && entry.Ring == ring && Is(entry.Text, text))
            {
                return entry.Token;
            }
        }

        return null;
    }

    // `Ascii.Equals` takes 20 ns in one process and 120 in another, as the compiler happens to put it together.
    [SkipLocalsInit]
    private static bool Is(ReadOnlySpan<byte> known, ReadOnlySpan<char> text)
    {
        Span<byte> narrow = stackalloc byte[known.Length];
        return text.Length == known.Length && Ascii.FromUtf16(text, narrow, out _) is OperationStatus.Done && narrow.SequenceEqual(known);
    }

    private AccessToken? Keep(Span<Entry?> shelf, int hash, ReadOnlySpan<char> text, object ring, DateTimeOffset now)
    {
        if (reader.Read(text, now) is not { } token)
        {
            return null;
        }

        var place = Random.Shared.Next(Places);
        for (var i = 0; i < Places; i++)
        {
            if (Volatile.Read(in shelf[i]) is not { } old || old.Ring != ring || old.Token.Expires <= now)
            {
                place = i;
                break;
            }
        }

        Volatile.Write(ref shelf[place], new Entry(hash, Bytes(text), token, ring));
        return token;
    }

    // Half of what a string of it takes: what is valid has no other signs.
    private static byte[] Bytes(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length];
        Encoding.ASCII.GetBytes(text, bytes);
        return bytes;
    }

    private sealed record Entry(int Hash, byte[] Text, AccessToken Token, object Ring);
}
