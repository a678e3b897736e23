using System.Security.Cryptography;

namespace Sluice.Auth.Factors;

/// <summary>`3f7k-2m9x-qd4w`: for who has lost the authenticator. The first sign is its place among the ten, so that one hash is compared and not ten; the others are 55 random bits.</summary>
internal static class RecoveryCode
{
    public const int Count = 10;

    private const int Signs = 12;

    // Crockford's: nothing that is read as another.
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    public static string New(int position)
    {
        var signs = RandomNumberGenerator.GetString(Digits, Signs - 1).Insert(0, Digits[position].ToString());
        return $"{signs[..4]}-{signs[4..8]}-{signs[8..]}";
    }

    /// <summary>As people type it: in capitals, with other signs between, an O for a zero.</summary>
    /// <returns>The place and the code as it was hashed; null for what can be none.</returns>
    public static (int Position, string Code)? Read(string typed)
    {
        var signs = new string([.. typed.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Take(Signs + 1).Select(c => c switch { 'o' => '0', 'i' or 'l' => '1', _ => c })]);
        return signs.Length == Signs && signs.All(Digits.Contains) && Digits.IndexOf(signs[0], StringComparison.Ordinal) is >= 0 and < Count and var position
            ? (position, $"{signs[..4]}-{signs[4..8]}-{signs[8..]}")
            : null;
    }
}
