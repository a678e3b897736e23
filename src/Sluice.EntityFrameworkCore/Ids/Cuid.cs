using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.EntityFrameworkCore.Ids;

/// <summary>
/// `cuid()`: `c`, the time in milliseconds, a counter, a fingerprint of the machine and process, and randomness, in base 36:
/// 25 characters that sort by the time they were made (https://github.com/paralleldrive/cuid).
/// </summary>
public static class Cuid
{
    private const int BlockLength = 4;
    private const int Blocks = 36 * 36 * 36 * 36;

    private static readonly string Fingerprint = MakeFingerprint();
    private static readonly Lock Gate = new();
    private static long lastTime;
    private static int counter;

    public static string New() => New(TimeProvider.System);

    public static string New(TimeProvider clock)
    {
        var (time, count) = Next(clock.GetUtcNow().ToUnixTimeMilliseconds());
        var random = Base36.Pad(RandomNumberGenerator.GetInt32(Blocks), BlockLength) + Base36.Pad(RandomNumberGenerator.GetInt32(Blocks), BlockLength);
        return "c" + Base36.Pad(time, 8) + Base36.Pad(count, BlockLength) + Fingerprint + random;
    }

    // Within one millisecond the counter goes up, and a clock that is set back is not followed: ids of one process sort as they were made.
    private static (long Time, int Count) Next(long now)
    {
        lock (Gate)
        {
            if (now > lastTime)
            {
                (lastTime, counter) = (now, 0);
            }
            else if (++counter == Blocks)
            {
                (lastTime, counter) = (lastTime + 1, 0);
            }

            return (lastTime, counter);
        }
    }

    private static string MakeFingerprint()
    {
        var host = Environment.MachineName;
        var sum = Encoding.UTF8.GetBytes(host).Sum(b => b) + host.Length + 36;
        return Base36.Pad(Environment.ProcessId % (36 * 36), 2) + Base36.Pad(sum % (36 * 36), 2);
    }
}

internal static class Base36
{
    public const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    /// <summary>The last <paramref name="length"/> digits.</summary>
    public static string Pad(long value, int length) => string.Create(length, value, static (span, rest) =>
    {
        for (var i = span.Length - 1; i >= 0; i--)
        {
            span[i] = Digits[(int)(rest % 36)];
            rest /= 36;
        }
    });

    /// <summary>A whole number of any size, without leading zeros.</summary>
    public static string Of(ReadOnlySpan<byte> bigEndian)
    {
        var rest = new System.Numerics.BigInteger(bigEndian, isUnsigned: true, isBigEndian: true);
        var text = new StringBuilder();
        while (!rest.IsZero)
        {
            rest = System.Numerics.BigInteger.DivRem(rest, 36, out var digit);
            text.Insert(0, Digits[(int)digit]);
        }

        return text.Length == 0 ? "0" : text.ToString();
    }
}
