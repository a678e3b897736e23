using System.Security.Cryptography;

namespace Sluice.EntityFrameworkCore.Ids;

/// <summary>
/// `ulid()`: 48 bits of time and 80 of randomness in Crockford's base 32, 26 characters that sort by the time they were made, also
/// within a millisecond (https://github.com/ulid/spec, "Monotonicity").
/// </summary>
public static class Ulid
{
    private const string Digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static readonly Lock Gate = new();
    private static readonly byte[] Random = new byte[10];
    private static long lastTime;

    public static string New() => New(TimeProvider.System);

    public static string New(TimeProvider clock)
    {
        Span<byte> bytes = stackalloc byte[16];
        Next(clock.GetUtcNow().ToUnixTimeMilliseconds(), bytes);
        var value = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return string.Create(26, value, static (span, rest) =>
        {
            for (var i = span.Length - 1; i >= 0; i--)
            {
                span[i] = Digits[(int)(rest & 31)];
                rest >>= 5;
            }
        });
    }

    private static void Next(long now, Span<byte> bytes)
    {
        lock (Gate)
        {
            if (now > lastTime)
            {
                lastTime = now;
                RandomNumberGenerator.Fill(Random);
            }
            else if (!Increment(Random))
            {
                // 2^80 ids in one millisecond: the next one is used for the rest.
                lastTime++;
                RandomNumberGenerator.Fill(Random);
            }

            Span<byte> time = stackalloc byte[8];
            System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(time, lastTime);
            time[2..].CopyTo(bytes);
            Random.CopyTo(bytes[6..]);
        }
    }

    private static bool Increment(byte[] number)
    {
        for (var i = number.Length - 1; i >= 0; i--)
        {
            if (++number[i] != 0)
            {
                return true;
            }
        }

        return false;
    }
}
