using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Auth.Factors;

/// <summary>One-time codes by time, as every authenticator app makes them: RFC 6238 with HMAC-SHA-1, six digits, a step of 30 seconds.</summary>
internal static class Totp
{
    public const int Digits = 6;
    public const int StepSeconds = 30;

    // RFC 4226, 4: 160 bits.
    private const int SecretBytes = 20;

    // The step before, for who types slowly; the one after, for a clock that is fast.
    private const int Window = 1;

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    public static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / StepSeconds;

    public static string Code(byte[] secret, long step) => Truncate(secret, step, 1_000_000).ToString("D6", CultureInfo.InvariantCulture);

    /// <returns>The step around now whose code it is; null where it is none's. All of them are compared, whichever fits.</returns>
    public static long? Match(byte[] secret, string code, DateTimeOffset now)
    {
        long? match = null;
        for (var step = StepAt(now) - Window; step <= StepAt(now) + Window; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Code(secret, step)), Encoding.UTF8.GetBytes(code)))
            {
                match = step;
            }
        }

        return match;
    }

    /// <summary>What an app reads from the picture: Google's Key URI Format.</summary>
    /// <param name="issuer">Who asks for the codes, as the app shows it; without a colon.</param>
    /// <param name="account">Whose they are.</param>
    public static string Uri(byte[] secret, string issuer, string account)
    {
        var (by, of) = (System.Uri.EscapeDataString(issuer), System.Uri.EscapeDataString(account));
        return string.Create(CultureInfo.InvariantCulture, $"otpauth://totp/{by}:{of}?secret={Base32.Encode(secret)}&issuer={by}&algorithm=SHA1&digits={Digits}&period={StepSeconds}");
    }

    [SuppressMessage("Security", "CA5350", Justification = "What the RFC says and apps do; HMAC does not rest on collisions being hard to find.")]
    internal static int Truncate(byte[] secret, long step, int modulus)
    {
        Span<byte> counter = stackalloc byte[8];
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        HMACSHA1.HashData(secret, counter, hash);
        return (BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 15)..]) & int.MaxValue) % modulus;
    }
}
