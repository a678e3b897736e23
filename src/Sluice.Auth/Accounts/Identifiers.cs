using System.Net.Mail;

namespace Sluice.Auth.Accounts;

/// <summary>Addresses and names as they are kept and compared: in lower case, without spaces around them.</summary>
internal static class Identifiers
{
    private const int LongestEmail = 254;
    private const int LongestUsername = 64;

    public static string Normal(string text) => text.Trim().ToLowerInvariant();

    /// <summary>Whether mail could be sent there; whether it arrives only a mail can tell.</summary>
    public static bool IsEmail(string normal) =>
        normal.Length <= LongestEmail && !normal.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) && MailAddress.TryCreate(normal, out var parsed) && parsed.Address == normal
        && normal.IndexOf('@', StringComparison.Ordinal) == normal.LastIndexOf('@') && parsed.Host.Contains('.', StringComparison.Ordinal);

    // No @, or it would be looked up as an address.
    public static bool IsUsername(string normal) =>
        normal.Length is >= 3 and <= LongestUsername && normal.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-') && char.IsLetterOrDigit(normal[0]);
}
