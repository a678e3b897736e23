using System.Text;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Passwords;

/// <summary>NIST SP 800-63B-4: length and lists of what is known, no rules on composition.</summary>
internal static class PasswordRules
{
    private const int ShortestContext = 4;

    public static Refusal? Check(string password, SluiceAuthOptions options, params IEnumerable<string?> context) => Check(password, options, hasFactor: false, context);

    /// <param name="hasFactor">Whether the account has a second factor: its password may be shorter.</param>
    /// <param name="context">What is known of the account: address, user name.</param>
    /// <returns>Null for a password that may be used.</returns>
    public static Refusal? Check(string password, SluiceAuthOptions options, bool hasFactor, params IEnumerable<string?> context)
    {
        var length = password.EnumerateRunes().Count();
        var rules = options.Passwords;
        var minimum = hasFactor ? rules.MinimumLengthWithFactor : rules.MinimumLength;
        if (length < minimum || length > rules.MaximumLength)
        {
            return Weak("length", $"The password must have {minimum} to {rules.MaximumLength} characters.");
        }

        if (PasswordHash.Resolve(rules.Algorithm) is PasswordAlgorithm.Bcrypt && !Bcrypt.Fits(PasswordHash.Bytes(password)))
        {
            return Weak("length", $"The password must have at most {Bcrypt.LongestPassword} bytes.");
        }

        // The name first: many a name is a common password too, and the name is what the message should speak of.
        var plain = CommonPasswords.Plain(password);
        if (context.Concat(options.ContextWords).OfType<string>().Select(w => CommonPasswords.Plain(w.Split('@')[0])).Any(w => IsNothingBut(plain, w)))
        {
            return Weak("context", "The password is made of your name or ours. Choose another.");
        }

        return CommonPasswords.Holds(password) ? Weak("common", "The password is among those that are tried first. Choose another.") : null;
    }

    private static bool IsNothingBut(string plain, string word) =>
        word.Length >= ShortestContext && plain.Contains(word, StringComparison.Ordinal) && plain.Replace(word, "", StringComparison.Ordinal).Length < ShortestContext;

    private static Refusal Weak(string reason, string message) => new(422, "weak_password", message) { Reason = reason };
}
