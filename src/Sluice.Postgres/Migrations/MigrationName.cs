using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Migrations;

/// <summary>How a title becomes the name of a migration: `Add userEmail` → `20260131120000_add_user_email`.</summary>
public static partial class MigrationName
{
    private const int LongestInBytes = 200;

    // Small letters that have a Latin spelling; their capitals follow. Accented ones are listed because an invariant runtime
    // does not decompose them.
    private static readonly Dictionary<char, string> Spellings = Pairs(
        "Æ:AE Œ:OE Þ:TH İ:I àáâãåāăą:a ä:ae çćĉċč:c ďđð:d èéêëēĕėęě:e ĝğġģ:g ĥħ:h ìíîïĩīĭįı:i ĳ:ij ĵ:j ķ:k ĺļľŀł:l ñńņň:n òóôõøōŏő:o ö:oe ŕŗř:r śŝşšș:s ß:ss "
        + "ţťŧț:t ùúûũūŭůűų:u ü:ue ŵ:w ýÿŷ:y źżž:z αά:a β:v γ:g δ:d εέ:e ζ:z ηήιί:i θ:th κ:k λ:l μ:m ν:n ξ:ks οόωώ:o π:p ρ:r σς:s τ:t υύ:y "
        + "φ:f χ:x ψ:ps а:a б:b в:v гґ:g д:d еэ:e ё:yo ж:zh з:z иі:i йы:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:sch "
        + "ъь: ю:yu я:ya є:ye ї:yi æ:ae œ:oe þ:th");

    /// <exception cref="ProblemException">P3010: longer than 200 bytes.</exception>
    public static string For(string title, DateTimeOffset now)
    {
        var slug = Slug(title);
        if (Encoding.UTF8.GetByteCount(slug) > LongestInBytes)
        {
            throw new ProblemException(new Problem(
                "P3010",
                $"The name of the migration is too long. It must not be longer than {LongestInBytes} characters (bytes)."));
        }

        var time = now.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        return slug.Length == 0 ? time : $"{time}_{slug}";
    }

    /// <summary>When a migration was made by its name; null for names of another form.</summary>
    internal static DateTimeOffset? Time(string name) =>
        name.Length >= 14 && DateTimeOffset.TryParseExact(
            name.AsSpan(0, 14), "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    internal static string Slug(string title)
    {
        var latin = new StringBuilder(title.Length);
        foreach (var c in title)
        {
            latin.Append(c == '&' ? " and " : Spellings.TryGetValue(c, out var spelling) ? spelling : c);
        }

        // `user's` is one word.
        var words = Contractions().Replace(latin.ToString(), "$1$2$3");
        words = LettersBeforeDigits().Replace(words, "$1 $2");
        words = LowerBeforeCapitals().Replace(words, "$1 $2");
        words = LowerBeforeCapital().Replace(words, "$1 $2");
        words = CapitalsBeforeWord().Replace(words, "$1 $2");
        return Separators().Replace(words.ToLowerInvariant(), "_").Trim('_');
    }

    private static Dictionary<char, string> Pairs(string table)
    {
        var pairs = new Dictionary<char, string>();
        foreach (var entry in table.Split(' '))
        {
            var colon = entry.IndexOf(':', StringComparison.Ordinal);
            foreach (var letter in entry[..colon])
            {
                var spelling = entry[(colon + 1)..];
                pairs[letter] = spelling;
                var capital = char.ToUpperInvariant(letter);
                if (capital != letter && !pairs.ContainsKey(capital) && spelling.Length > 0)
                {
                    pairs[capital] = char.ToUpperInvariant(spelling[0]) + spelling[1..];
                }
            }
        }

        return pairs;
    }

    [GeneratedRegex(@"([a-zA-Z0-9]+)['’]([ts])(\s|$)")]
    private static partial Regex Contractions();

    [GeneratedRegex("([A-Z]{2,})([0-9]+)")]
    private static partial Regex LettersBeforeDigits();

    [GeneratedRegex("([a-z0-9]+)([A-Z]{2,})")]
    private static partial Regex LowerBeforeCapitals();

    [GeneratedRegex("([a-z0-9]+)([A-Z])")]
    private static partial Regex LowerBeforeCapital();

    [GeneratedRegex("([A-Z]+)([A-Z][a-z0-9]+)")]
    private static partial Regex CapitalsBeforeWord();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Separators();
}
