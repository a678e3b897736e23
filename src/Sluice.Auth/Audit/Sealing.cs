using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Audit;

/// <summary>The seal of an entry: HMAC over the seal before it, its position and its row. Who has the database but not the secret cannot make one.</summary>
internal static class Sealing
{
    public static byte[] First { get; } = new byte[32];

    public static byte[] Key(string secret) => Sealed.Key(secret, "sluice audit seal");

    /// <param name="row">Every column as PostgreSQL writes it.</param>
    public static byte[] Of(byte[] key, byte[] before, long position, IReadOnlyList<string?> row)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(before);
        Number(hash, position);
        foreach (var value in row)
        {
            // Its length before each text: two columns must not read as one.
            var bytes = Encoding.UTF8.GetBytes(value ?? "");
            Number(hash, value is null ? -1 : bytes.Length);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }

    private static void Number(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
