using System.Runtime.InteropServices;

namespace Sluice.Auth.Passwords;

/// <summary>Argon2 of the system: libsodium where it can (faster), else libargon2.</summary>
internal static unsafe partial class Argon2
{
    private const int Version = 19;
    private const int SodiumSalt = 16;
    private const int SodiumArgon2id = 2;

    private static readonly bool HasSodium = NativeLibrary.TryLoad("libsodium.so.23", out var sodium) && NativeLibrary.TryGetExport(sodium, "sodium_init", out _) && sodium_init() >= 0;
    private static readonly bool HasArgon2 = NativeLibrary.TryLoad("libargon2.so.1", out _);

    public static bool IsHere => HasSodium || HasArgon2;

    /// <summary>Whether these parameters can be computed on this machine.</summary>
    public static bool Can(bool isId, int lanes, int saltLength) => HasArgon2 || (HasSodium && isId && lanes == 1 && saltLength == SodiumSalt);

    /// <param name="isId">Argon2id; else Argon2i, which others left behind.</param>
    public static byte[] Hash(bool isId, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int memoryKiB, int passes, int lanes, int length)
    {
        var hash = new byte[length];
        int failed;
        fixed (byte* p = password, s = salt, h = hash)
        {
            failed = HasSodium && isId && lanes == 1 && salt.Length == SodiumSalt && length >= 16
                ? crypto_pwhash(h, (ulong)length, p, (ulong)password.Length, s, (ulong)passes, (nuint)memoryKiB * 1024, SodiumArgon2id)
                : argon2_hash((uint)passes, (uint)memoryKiB, (uint)lanes, p, (nuint)password.Length, s, (nuint)salt.Length, h, (nuint)length, null, 0, isId ? 2 : 1, Version);
        }

        return failed == 0 ? hash : throw new InvalidOperationException($"Argon2 with {memoryKiB} KiB, {passes} passes and {lanes} lanes failed with {failed}: is there memory for it?");
    }

    [LibraryImport("libsodium.so.23")]
    private static partial int sodium_init();

    [LibraryImport("libsodium.so.23")]
    private static partial int crypto_pwhash(byte* output, ulong outputLength, byte* password, ulong passwordLength, byte* salt, ulong passes, nuint memory, int algorithm);

    [LibraryImport("libargon2.so.1")]
    private static partial int argon2_hash(uint passes, uint memory, uint lanes, byte* password, nuint passwordLength, byte* salt, nuint saltLength, byte* hash, nuint hashLength, byte* encoded, nuint encodedLength, int type, int version);
}
