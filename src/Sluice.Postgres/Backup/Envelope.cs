using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Sluice.Postgres.Backup;

/// <summary>
/// An encrypted file: a mark, a salt, and chunks of AES-256-GCM. The key is the file's own, from the salt; a chunk's nonce is its
/// number and whether it is the last. So a chunk that was changed, moved, left out or put in does not open, nor does the last
/// one that is there when the end was cut off.
/// </summary>
internal static class Envelope
{
    public const int Chunk = 64 * 1024;

    private const int Tag = 16;
    private const int Salt = 32;
    private const int Nonce = 12;

    private static ReadOnlySpan<byte> Mark => "SLUICE-BACKUP-1\n"u8;

    private static int Header => Mark.Length + Salt;

    /// <param name="label">Where the file belongs; it opens with the same one only.</param>
    public static async Task SealAsync(string plain, string sealedPath, BackupKey key, string label, CancellationToken cancellation)
    {
        await using var from = File.OpenRead(plain);
        await using var into = PrivateFiles.Create(sealedPath);
        var salt = RandomNumberGenerator.GetBytes(Salt);
        into.Write(Mark);
        into.Write(salt);
        using var cipher = new AesGcm(key.Derive(salt, Purpose(label)), Tag);
        var (clear, closed) = (new byte[Chunk], new byte[Chunk + Tag]);
        for (var number = 0L; ; number++)
        {
            var size = await from.ReadAtLeastAsync(clear, Chunk, throwOnEndOfStream: false, cancellation);
            var last = from.Position == from.Length;
            cipher.Encrypt(NonceOf(number, last), clear.AsSpan(0, size), closed.AsSpan(0, size), closed.AsSpan(size, Tag));
            await into.WriteAsync(closed.AsMemory(0, size + Tag), cancellation);
            if (last)
            {
                break;
            }
        }

        into.Flush(flushToDisk: true);
    }

    /// <summary>Writes what the file holds, a chunk once it was found to be right.</summary>
    /// <exception cref="Connecting.ProblemException">SL5104 says what is wrong, and between which bytes.</exception>
    public static async Task OpenAsync(string sealedPath, Stream into, BackupKey key, string label, CancellationToken cancellation)
    {
        await using var from = File.OpenRead(sealedPath);
        var header = new byte[Header];
        if (await from.ReadAtLeastAsync(header, Header, throwOnEndOfStream: false, cancellation) < Header || !header.AsSpan().StartsWith(Mark))
        {
            throw BackupManifest.Refused(sealedPath, "it does not begin as an encrypted backup does.");
        }

        using var cipher = new AesGcm(key.Derive(header.AsSpan(Mark.Length), Purpose(label)), Tag);
        var (closed, clear) = (new byte[Chunk + Tag], new byte[Chunk]);
        for (var number = 0L; ; number++)
        {
            var at = from.Position;
            var size = await from.ReadAtLeastAsync(closed, closed.Length, throwOnEndOfStream: false, cancellation) - Tag;
            var last = from.Position == from.Length;
            if (size < 0 || !Opens(cipher, number, last, closed, clear, size))
            {
                throw BackupManifest.Refused(sealedPath, Finding(cipher, number, last, closed, clear, size, at));
            }

            await into.WriteAsync(clear.AsMemory(0, size), cancellation);
            if (last)
            {
                return;
            }
        }
    }

    /// <summary>How many bytes an envelope of this length holds.</summary>
    public static long Holds(long length)
    {
        var body = length - Header;
        return Math.Max(0, body - (body + Chunk + Tag - 1) / (Chunk + Tag) * Tag);
    }

    private static string Finding(AesGcm cipher, long number, bool last, byte[] closed, byte[] clear, int size, long at)
    {
        if (last && (size < 0 || Opens(cipher, number, last: false, closed, clear, size)))
        {
            return string.Create(CultureInfo.InvariantCulture, $"it is truncated: its end is missing, after byte {at + Math.Max(0, size + Tag)}.");
        }

        return Opens(cipher, number, last: true, closed, clear, size)
            ? string.Create(CultureInfo.InvariantCulture, $"something was added to it after byte {at + size + Tag}, where it ends.")
            : string.Create(CultureInfo.InvariantCulture, $"it is damaged between byte {at} and byte {at + size + Tag}{(number == 0 ? ", or was encrypted with another key, or is another part" : ", or parts of it were moved")}.");
    }

    private static bool Opens(AesGcm cipher, long number, bool last, byte[] closed, byte[] clear, int size)
    {
        if (size < 0)
        {
            return false;
        }

        try
        {
            cipher.Decrypt(NonceOf(number, last), closed.AsSpan(0, size), closed.AsSpan(size, Tag), clear.AsSpan(0, size));
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static byte[] NonceOf(long number, bool last)
    {
        var nonce = new byte[Nonce];
        BinaryPrimitives.WriteInt64BigEndian(nonce, number);
        nonce[^1] = last ? (byte)1 : (byte)0;
        return nonce;
    }

    private static string Purpose(string label) => $"sluice backup file {label}";
}
