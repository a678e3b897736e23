using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EventPlatform;

/// <summary>How long what people write may be; README.md has it as a table. A refusal names the field.</summary>
internal static class Limits
{
    private const int LongestText = 4000;
    private const int LongestAddress = 2000;
    private const int LongestValue = 16 * 1024;

    public static ProblemHttpResult? Text(string field, string? text, int longest = LongestText) =>
        text?.Length > longest ? Refused.Invalid($"{field}_invalid", $"`{field}` has at most {longest} letters.") : null;

    /// <summary>Of a picture: who shows it must not be made to run a script.</summary>
    public static ProblemHttpResult? Address(string field, string? text) =>
        text is null || (text.Length <= LongestAddress && Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)) ? null
        : Refused.Invalid($"{field}_invalid", $"`{field}` is an http or https address of at most {LongestAddress} letters.");

    public static ProblemHttpResult? Value(string field, JsonElement? value) =>
        value?.GetRawText().Length > LongestValue ? Refused.Invalid($"{field}_invalid", $"`{field}` has at most {LongestValue / 1024} KiB of JSON.") : null;
}
