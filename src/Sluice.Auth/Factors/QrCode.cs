using System.Text;

namespace Sluice.Auth.Factors;

/// <summary>A text as a QR code (ISO/IEC 18004): bytes, error correction level M. What is drawn of it is a <see cref="QrMatrix"/>.</summary>
internal static class QrCode
{
    /// <summary>In bytes.</summary>
    public const int LongestText = 600;

    // For each version from 1 on, level M: check bytes of a block, and how many blocks.
    private static readonly (int Check, int Blocks)[] Versions =
    [
        (10, 1), (16, 1), (26, 1), (18, 2), (24, 2), (16, 4), (18, 4), (22, 4), (22, 5), (26, 5),
        (30, 5), (22, 8), (22, 9), (24, 9), (24, 10), (28, 10), (28, 11), (26, 13), (26, 14), (26, 16),
    ];

    public static QrMatrix Encode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var version = 1; version <= Versions.Length; version++)
        {
            var (check, blocks) = Versions[version - 1];
            var total = QrMatrix.DataModules(version) / 8;
            var room = total - check * blocks;
            if (LengthBits(version) + 4 + bytes.Length * 8 <= room * 8)
            {
                return QrMatrix.Draw(version, Interleave(Fill(bytes, version, room), check, blocks, total));
            }
        }

        throw new ArgumentException($"{bytes.Length} bytes do not fit into a picture that a telephone reads well.", nameof(text));
    }

    private static int LengthBits(int version) => version < 10 ? 8 : 16;

    private static byte[] Fill(byte[] text, int version, int room)
    {
        var filled = new byte[room];
        var at = 0;
        Put(0b0100, 4);
        Put(text.Length, LengthBits(version));
        foreach (var b in text)
        {
            Put(b, 8);
        }

        // Four bits of nothing, to the end of the byte; then two bytes in turn.
        at = (Math.Min(at + 4, room * 8) + 7) / 8;
        for (var even = true; at < room; at++, even = !even)
        {
            filled[at] = (byte)(even ? 0xEC : 0x11);
        }

        return filled;

        void Put(int value, int bits)
        {
            for (var i = bits - 1; i >= 0; i--, at++)
            {
                filled[at / 8] |= (byte)(((value >> i) & 1) << (7 - at % 8));
            }
        }
    }

    // The first bytes of all blocks, then the second; the later blocks have one more. Then their check bytes likewise.
    private static byte[] Interleave(byte[] data, int check, int blocks, int total)
    {
        var (shortOnes, shortest) = (blocks - total % blocks, total / blocks - check);
        var generator = Generator(check);
        var parts = new List<(byte[] Data, byte[] Check)>();
        for (var (i, at) = (0, 0); i < blocks; i++)
        {
            var length = i < shortOnes ? shortest : shortest + 1;
            var part = data[at..(at + length)];
            parts.Add((part, Remainder(part, generator)));
            at += length;
        }

        return
        [
            .. Enumerable.Range(0, shortest + 1).SelectMany(i => parts.Where(p => i < p.Data.Length).Select(p => p.Data[i])),
            .. Enumerable.Range(0, check).SelectMany(i => parts.Select(p => p.Check[i])),
        ];
    }

    // Reed and Solomon's: the product of (x - 2^i) over GF(256), without its leading 1.
    private static byte[] Generator(int degree)
    {
        var product = new byte[degree];
        product[^1] = 1;
        byte root = 1;
        for (var i = 0; i < degree; i++, root = Times(root, 2))
        {
            for (var j = 0; j < degree; j++)
            {
                product[j] = (byte)(Times(product[j], root) ^ (j + 1 < degree ? product[j + 1] : 0));
            }
        }

        return product;
    }

    private static byte[] Remainder(byte[] data, byte[] generator)
    {
        var rest = new byte[generator.Length];
        foreach (var b in data)
        {
            var factor = (byte)(b ^ rest[0]);
            rest.AsSpan(1).CopyTo(rest);
            rest[^1] = 0;
            for (var i = 0; i < rest.Length; i++)
            {
                rest[i] ^= Times(generator[i], factor);
            }
        }

        return rest;
    }

    // Modulo x^8 + x^4 + x^3 + x^2 + 1.
    private static byte Times(byte a, byte b)
    {
        var product = 0;
        for (var i = 7; i >= 0; i--)
        {
            product = (product << 1) ^ ((product >> 7) * 0x11D) ^ (((b >> i) & 1) * a);
        }

        return (byte)product;
    }
}
