using System.Security.Cryptography;
using System.Text;

namespace Sluice.EntityFrameworkCore.Ids;

/// <summary>
/// `cuid(2)`: a letter and 23 characters of a SHA3-512 hash over time, randomness, a counter and a fingerprint; it tells
/// nothing of when it was made and sorts by nothing (https://github.com/paralleldrive/cuid2).
/// </summary>
public static class Cuid2
{
    public const int Length = 24;

    private static readonly byte[] Fingerprint = RandomNumberGenerator.GetBytes(32);
    private static long counter = RandomNumberGenerator.GetInt32(476782367);

    public static string New()
    {
        Span<byte> input = stackalloc byte[8 + 32 + 8 + 32];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(input, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        RandomNumberGenerator.Fill(input.Slice(8, 32));
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(input[40..], Interlocked.Increment(ref counter));
        Fingerprint.CopyTo(input[48..]);

        // The first digit of a hash is not evenly spread in base 36, so it is left out, as the reference does.
        var hash = Base36.Of(Hash(input));
        var letter = (char)('a' + RandomNumberGenerator.GetInt32(26));
        return string.Concat([letter], hash.AsSpan(1, Length - 1));
    }

    // SHA-3 comes with OpenSSL 1.1.1; where the system's library is older, SHA-512 spreads as well.
    private static byte[] Hash(ReadOnlySpan<byte> input) => SHA3_512.IsSupported ? SHA3_512.HashData(input) : SHA512.HashData(input);
}
