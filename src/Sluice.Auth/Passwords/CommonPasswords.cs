using System.Text;

namespace Sluice.Auth.Passwords;

/// <summary>
/// What guessers try first: the fifty thousand passwords that people chose most often, of all leaked ones (NOTICE says whose list it
/// is). Dressed up with capitals, digits at the ends, signs for letters or said twice, they are the same words to a guesser's rules, and here.
/// </summary>
internal static class CommonPasswords
{
    private const int LongestUnit = 8;

    // Fewer letters among digits are no word in disguise.
    private const int ShortestWord = 4;

    private static readonly WordList Words = WordList.Embedded("common-passwords.txt");

    private static readonly string[] Rows = ["0123456789", "9876543210", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba", "qwertyuiopasdfghjklzxcvbnm", "mnbvcxzlkjhgfdsapoiuytrewq", "qwertzuiopasdfghjklyxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p"];

    public static bool Holds(string password)
    {
        var lower = password.ToLowerInvariant();
        var plain = Plain(password);
        return Words.Holds(lower) || (plain.Length >= ShortestWord && Words.Holds(plain)) || IsOneWordAgain(plain) || IsUnitAgain(lower) || IsRow(lower);
    }

    /// <summary>In lower case, signs that stand for letters read as them, without what is put around a word.</summary>
    public static string Plain(string password)
    {
        var text = new StringBuilder();
        foreach (var letter in password.ToLowerInvariant().AsSpan().Trim("0123456789!?.,;:*#$%&+-_=@ "))
        {
            var read = letter switch { '0' => 'o', '1' or '!' => 'i', '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '7' => 't', _ => letter };
            if (char.IsLetter(read))
            {
                text.Append(read);
            }
        }

        return text.ToString();
    }

    private static bool IsOneWordAgain(string plain) =>
        Enumerable.Range(2, 3).Any(times => plain.Length > 0 && plain.Length % times == 0 && Repeats(plain, plain.Length / times) && Words.Holds(plain.AsSpan(0, plain.Length / times)));

    // aaaaaaaaaaaaaaa, abcabcabcabcabc; twenty different digits are fine.
    private static bool IsUnitAgain(string text) =>
        Enumerable.Range(1, LongestUnit).Any(unit => text.Length >= 3 * unit && Repeats(text, unit));

    private static bool IsRow(string text) => Rows.Any(r => (r + r + r + r).Contains(text, StringComparison.Ordinal));

    private static bool Repeats(string text, int unit)
    {
        for (var i = unit; i < text.Length; i++)
        {
            if (text[i] != text[i - unit])
            {
                return false;
            }
        }

        return true;
    }
}
