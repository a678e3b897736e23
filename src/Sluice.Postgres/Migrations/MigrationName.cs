using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Migrations;

/// <summary>How a title becomes the name of a migration: `Add userEmail` → `20260131120000_add_user_email`.</summary>
public static partial class MigrationName
{
    private const int LongestInBytes = 200;

    // Letters that have a Latin spelling. The accented ones are listed because an invariant runtime does not decompose them.
    private static readonly Dictionary<char, string> Spellings = Pairs(
        "ÀÁÂÃÅĀĂĄ:A àáâãåāăą:a Ä:AE ä:ae Æ:AE æ:ae ÇĆĈĊČ:C çćĉċč:c ĎĐÐ:D ďđð:d ÈÉÊËĒĔĖĘĚ:E èéêëēĕėęě:e ĜĞĠĢ:G ĝğġģ:g ĤĦ:H ĥħ:h "
        + "ÌÍÎÏĨĪĬĮİ:I ìíîïĩīĭįı:i Ĵ:J ĵ:j Ķ:K ķ:k ĹĻĽĿŁ:L ĺļľŀł:l ÑŃŅŇ:N ñńņň:n ÒÓÔÕØŌŎŐ:O òóôõøōŏő:o Ö:OE ö:oe Œ:OE œ:oe ŔŖŘ:R ŕŗř:r "
        + "ŚŜŞŠȘ:S śŝşšș:s ß:ss ŢŤŦȚ:T ţťŧț:t ÙÚÛŨŪŬŮŰŲ:U ùúûũūŭůűų:u Ü:UE ü:ue Ŵ:W ŵ:w ÝŶŸ:Y ýÿŷ:y ŹŻŽ:Z źżž:z Þ:TH þ:th");

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

        return now.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + "_" + slug;
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

        var words = LettersBeforeDigits().Replace(latin.ToString(), "$1 $2");
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
                pairs[letter] = entry[(colon + 1)..];
            }
        }

        return pairs;
    }

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
