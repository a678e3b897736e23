using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Sluice.Auth.Passwords;

/// <param name="LogN">N is two to this.</param>
/// <param name="BlockSize">r.</param>
/// <param name="Lanes">p, one after another here.</param>
internal readonly record struct ScryptCost(int LogN, int BlockSize, int Lanes)
{
    /// <summary>What one lane needs, in bytes.</summary>
    public long Memory => (128L * BlockSize) << LogN;
}

/// <summary>scrypt, RFC 7914, for what others left. Memory comes from outside the collected heap and goes back at once.</summary>
internal static unsafe class Scrypt
{
    public static byte[] Hash(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ScryptCost cost, int length)
    {
        var block = 128 * cost.BlockSize;
        var blocks = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, block * cost.Lanes);
        var memory = (Vector128<uint>*)NativeMemory.AlignedAlloc((nuint)(cost.Memory + (2 * block)), 16);
        try
        {
            for (var lane = 0; lane < cost.Lanes; lane++)
            {
                Mix(blocks.AsSpan(lane * block, block), memory, 1 << cost.LogN, cost.BlockSize);
            }
        }
        finally
        {
            NativeMemory.Clear(memory, (nuint)(cost.Memory + (2 * block)));
            NativeMemory.AlignedFree(memory);
        }

        return Rfc2898DeriveBytes.Pbkdf2(password, blocks, 1, HashAlgorithmName.SHA256, length);
    }

    // scryptROMix: n states one after another, then n steps that each read one of them as the state says. n is even.
    private static void Mix(Span<byte> bytes, Vector128<uint>* states, int n, int r)
    {
        var size = 8 * r;
        var x = states + ((long)n * size);
        var y = x + size;
        Turn(bytes, (uint*)x, r, toVectors: true);
        for (var i = 0; i < n; i += 2)
        {
            Copy(x, states + ((long)i * size), size);
            MixBlocks(x, y, r);
            Copy(y, states + ((i + 1L) * size), size);
            MixBlocks(y, x, r);
        }

        for (var i = 0; i < n; i += 2)
        {
            Stir(x, states, n, size);
            MixBlocks(x, y, r);
            Stir(y, states, n, size);
            MixBlocks(y, x, r);
        }

        Turn(bytes, (uint*)x, r, toVectors: false);
    }

    private static void Copy(Vector128<uint>* from, Vector128<uint>* to, int size) => new ReadOnlySpan<Vector128<uint>>(from, size).CopyTo(new Span<Vector128<uint>>(to, size));

    private static void Stir(Vector128<uint>* state, Vector128<uint>* states, int n, int size)
    {
        var other = states + ((long)(state[size - 4].ToScalar() & (uint)(n - 1)) * size);
        for (var k = 0; k < size; k++)
        {
            state[k] ^= other[k];
        }
    }

    // In memory the diagonals of Salsa's square stand together, so that a step of four words is one of a vector.
    private static void Turn(Span<byte> bytes, uint* words, int r, bool toVectors)
    {
        for (var i = 0; i < 32 * r; i++)
        {
            var word = bytes.Slice(((i & ~15) + (i * 5 % 16)) * 4, 4);
            if (toVectors)
            {
                words[i] = BinaryPrimitives.ReadUInt32LittleEndian(word);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(word, words[i]);
            }
        }
    }

    // scryptBlockMix with Salsa20/8; even blocks go to the first half, odd ones to the second.
    private static void MixBlocks(Vector128<uint>* from, Vector128<uint>* to, int r)
    {
        var last = from + (8 * r) - 4;
        var (a, b, c, d) = (last[0], last[1], last[2], last[3]);
        for (var i = 0; i < 2 * r; i++, from += 4)
        {
            a ^= from[0];
            b ^= from[1];
            c ^= from[2];
            d ^= from[3];
            var (w, x, y, z) = (a, b, c, d);
            for (var round = 0; round < 8; round += 2)
            {
                x ^= Rotate(w + z, 7);
                y ^= Rotate(x + w, 9);
                z ^= Rotate(y + x, 13);
                w ^= Rotate(z + y, 18);
                (x, y, z) = (Vector128.Shuffle(x, Vector128.Create(3u, 0, 1, 2)), Vector128.Shuffle(y, Vector128.Create(2u, 3, 0, 1)), Vector128.Shuffle(z, Vector128.Create(1u, 2, 3, 0)));
                z ^= Rotate(w + x, 7);
                y ^= Rotate(z + w, 9);
                x ^= Rotate(y + z, 13);
                w ^= Rotate(x + y, 18);
                (x, y, z) = (Vector128.Shuffle(x, Vector128.Create(1u, 2, 3, 0)), Vector128.Shuffle(y, Vector128.Create(2u, 3, 0, 1)), Vector128.Shuffle(z, Vector128.Create(3u, 0, 1, 2)));
            }

            (a, b, c, d) = (a + w, b + x, c + y, d + z);
            var place = to + (4 * ((i / 2) + (i % 2 * r)));
            (place[0], place[1], place[2], place[3]) = (a, b, c, d);
        }
    }

    private static Vector128<uint> Rotate(Vector128<uint> word, int by) => (word << by) | (word >>> (32 - by));
}
