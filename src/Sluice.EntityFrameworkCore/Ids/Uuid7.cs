using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sluice.EntityFrameworkCore.Ids;

/// <summary>
/// `uuid(7)`: RFC 9562, section 5.7, with the 12 bits after the version as a counter (section 6.2, method 1), so that those of
/// one process sort as they were made, also within a millisecond. `Guid.CreateVersion7` has randomness there.
/// </summary>
public static class Uuid7
{
    private static readonly Lock Gate = new();
    private static long lastTime;
    private static int counter;

    public static Guid New() => New(TimeProvider.System);

    public static Guid New(TimeProvider clock)
    {
        var (time, count) = Next(clock.GetUtcNow().ToUnixTimeMilliseconds());
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, time << 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(0x7000 | count));
        RandomNumberGenerator.Fill(bytes[8..]);
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }

    private static (long Time, int Count) Next(long now)
    {
        lock (Gate)
        {
            if (now > lastTime)
            {
                // It starts in the lower half, so that there is room to count.
                (lastTime, counter) = (now, RandomNumberGenerator.GetInt32(0x800));
            }
            else if (++counter > 0xFFF)
            {
                (lastTime, counter) = (lastTime + 1, RandomNumberGenerator.GetInt32(0x800));
            }

            return (lastTime, counter);
        }
    }
}
