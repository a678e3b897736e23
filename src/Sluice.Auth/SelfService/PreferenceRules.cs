using System.Text.RegularExpressions;
using Sluice.Auth.Web;

namespace Sluice.Auth.SelfService;

/// <summary>What preferences may be.</summary>
internal static partial class PreferenceRules
{
    // RFC 5646, 4.4.1: what to have room for.
    private const int LongestTag = 35;

    private static readonly string[] Themes = ["LIGHT", "DARK", "SYSTEM"];

    /// <returns>As they are kept, or the first that is wrong.</returns>
    public static Outcome<Preferences> Check(PreferencesRequest asked)
    {
        var (theme, language, zone) = (asked.Theme ?? Preferences.None.Theme, asked.Language, asked.TimeZone);
        if (!Themes.Contains(theme))
        {
            return Wrong($"theme is one of {string.Join(", ", Themes)}.");
        }

        if (language is not null && (language.Length > LongestTag || !Tag().IsMatch(language)))
        {
            return Wrong("language is a tag as BCP 47 writes it: de, or de-AT.");
        }

        if (zone is not null && Zone(zone) is null)
        {
            return Wrong("timeZone is a name of IANA's, Europe/Vienna, that this service knows.");
        }

        return new Preferences(theme, language is null ? null : Spelled(language), zone is null ? null : Zone(zone));
    }

    // The shape first: the name becomes that of a file.
    private static string? Zone(string name) =>
        ZoneName().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId ? zone.Id : null;

    // RFC 5646, 2.1.1: in lower case, but for two letters (AT) and four (Latn) that neither begin the tag nor stand behind a single character.
    private static string Spelled(string tag)
    {
        var parts = tag.ToLowerInvariant().Split('-');
        var isPlain = parts[0].Length > 1;
        for (var i = 1; i < parts.Length; i++)
        {
            isPlain &= parts[i].Length > 1;
            parts[i] = (isPlain, parts[i].Length) switch
            {
                (true, 2) => parts[i].ToUpperInvariant(),
                (true, 4) => char.ToUpperInvariant(parts[i][0]) + parts[i][1..],
                _ => parts[i],
            };
        }

        return string.Join('-', parts);
    }

    private static Refusal Wrong(string message) => new(422, "preference_invalid", message);

    // RFC 5646, 2.1: language, script, region, variants, extensions, private use; without the irregular tags of before.
    [GeneratedRegex(
        @"^(?:(?:[a-zA-Z]{2,3}(?:-[a-zA-Z]{3}){0,3}|[a-zA-Z]{4,8})(?:-[a-zA-Z]{4})?(?:-(?:[a-zA-Z]{2}|[0-9]{3}))?(?:-(?:[a-zA-Z0-9]{5,8}|[0-9][a-zA-Z0-9]{3}))*(?:-[0-9a-wy-zA-WY-Z](?:-[a-zA-Z0-9]{2,8})+)*(?:-[xX](?:-[a-zA-Z0-9]{1,8})+)?|[xX](?:-[a-zA-Z0-9]{1,8})+)\z")]
    private static partial Regex Tag();

    // What the folder of zones has beside IANA's names is of that machine alone.
    [GeneratedRegex(@"^(?!posix/|right/|localtime\z|posixrules\z)[A-Za-z][A-Za-z0-9_+-]{0,31}(?:/[A-Za-z0-9][A-Za-z0-9_+-]{0,31}){0,2}\z")]
    private static partial Regex ZoneName();
}
