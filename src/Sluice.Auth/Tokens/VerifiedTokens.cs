using Sluice.Auth.Revocation;

namespace Sluice.Auth.Tokens;

/// <summary>
/// Verification with a memory: a token that was verified is found again by its signature and compared whole, so that the
/// arithmetic is done once. Time and revocation are asked every time. As many slots as there are, no more.
/// </summary>
internal sealed class VerifiedTokens(TokenReader reader, RevocationList revoked, Hearing hearing, KeyRing keys, TimeProvider clock)
{
    private const int Slots = 1 << 14;
    private const int Tail = 8;

    private readonly Entry?[] entries = new Entry?[Slots];

    /// <summary>No token is accepted, since nobody knows here what was revoked.</summary>
    public bool IsDeaf => hearing.IsDeaf(clock.GetUtcNow());

    /// <returns>Null for what must not be accepted now.</returns>
    public AccessToken? Verify(string text)
    {
        if (text.Length < Tail)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        // The last sign of a signature has spare bits; those before it are as good as random.
        var slot = (int)((uint)string.GetHashCode(text.AsSpan(text.Length - Tail)) % Slots);
        var entry = Volatile.Read(ref entries[slot]);
        if (entry is null || entry.Text != text || entry.Ring != keys.Version)
        {
            var ring = keys.Version;
            if (reader.Read(text, now) is not { } token)
            {
                return null;
            }

            entry = new Entry(text, token, ring);
            Volatile.Write(ref entries[slot], entry);
        }

        return now < entry.Token.Expires && !entry.Token.IsRevokedBy(revoked) && !hearing.IsDeaf(now) ? entry.Token : null;
    }

    private sealed record Entry(string Text, AccessToken Token, object Ring);
}
