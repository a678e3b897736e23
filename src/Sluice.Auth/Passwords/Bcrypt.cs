using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Auth.Passwords;

/// <summary>bcrypt of the system's libcrypt, in bcrypt's own form: `$2b$12$` and 53 characters.</summary>
internal static unsafe partial class Bcrypt
{
    /// <summary>bcrypt looks no further; a longer password is refused, never cut.</summary>
    public const int LongestPassword = 72;

    private const int WorkingSpace = 32_768;
    private const int Length = 60;
    private const string Alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> Digits = SearchValues.Create(Alphabet);

    public static bool IsHere { get; } = NativeLibrary.TryLoad("libcrypt.so.1", out _);

    /// <returns>The cost, or null for what is no bcrypt hash.</returns>
    public static int? CostOf(string stored) =>
        stored.Length == Length && stored[0] == '$' && stored[1] == '2' && stored[2] is 'a' or 'b' or 'y' && stored[3] == '$' && stored[6] == '$'
        && int.TryParse(stored.AsSpan(4, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var cost) && stored.AsSpan(7).IndexOfAnyExcept(Digits) < 0
            ? cost
            : null;

    /// <summary>Whether bcrypt sees all of it: it ends at a zero byte, and after 72.</summary>
    public static bool Fits(ReadOnlySpan<byte> password) => password.Length <= LongestPassword && !password.Contains((byte)0);

    public static string Hash(ReadOnlySpan<byte> password, int cost)
    {
        // 128 bits make 22 digits of six bits, of which the last has but two.
        Span<char> salt = stackalloc char[22];
        RandomNumberGenerator.GetItems<char>(Alphabet, salt);
        salt[^1] = ".Oeu"[RandomNumberGenerator.GetInt32(4)];
        return Crypt(password, string.Create(CultureInfo.InvariantCulture, $"$2b${cost:00}${salt}"));
    }

    /// <summary>2a and 2y are what others call 2b. libcrypt bends 2a where an old error made two passwords one; others do not.</summary>
    public static bool Verify(ReadOnlySpan<byte> password, string stored)
    {
        // As much work for a password that does not fit: time must not tell that there is a bcrypt hash.
        var fits = Fits(password);
        var made = Crypt(fits ? password : [], "$2b" + stored[3..]);
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(made[3..]), Encoding.ASCII.GetBytes(stored[3..])) && fits;
    }

    private static string Crypt(ReadOnlySpan<byte> password, string setting)
    {
        var phrase = new byte[password.Length + 1];
        password.CopyTo(phrase);
        var space = new byte[WorkingSpace];
        try
        {
            fixed (byte* p = phrase, s = Encoding.ASCII.GetBytes(setting + '\0'), data = space)
            {
                return Marshal.PtrToStringAnsi((nint)crypt_rn(p, s, data, WorkingSpace)) ?? throw new InvalidOperationException("libcrypt refused a bcrypt setting.");
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(phrase);
            CryptographicOperations.ZeroMemory(space);
        }
    }

    [LibraryImport("libcrypt.so.1")]
    private static partial byte* crypt_rn(byte* phrase, byte* setting, byte* data, int size);
}
