using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EventPlatform;

/// <summary>
/// Which tickets a seed draws, so simple that anybody can do it again: the n-th number is the first eight bytes of HMAC-SHA256(seed, n), n as
/// eight bytes, big end first, counted from 0; taken modulo the number of tickets, plus one. Values of the last, incomplete round of the
/// modulus are passed over, so that every ticket is as likely.
/// </summary>
internal static class Lottery
{
    public static string Commitment(byte[] seed) => Convert.ToHexStringLower(SHA256.HashData(seed));

    public static IEnumerable<int> Numbers(byte[] seed, int tickets)
    {
        var fair = ulong.MaxValue - (ulong.MaxValue % (ulong)tickets + 1) % (ulong)tickets;
        var (counter, hash) = (new byte[8], new byte[HMACSHA256.HashSizeInBytes]);
        for (var n = 0UL; ; n++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(counter, n);
            HMACSHA256.HashData(seed, counter, hash);
            var value = BinaryPrimitives.ReadUInt64BigEndian(hash);
            if (value <= fair)
            {
                yield return (int)(value % (ulong)tickets) + 1;
            }
        }
    }
}
