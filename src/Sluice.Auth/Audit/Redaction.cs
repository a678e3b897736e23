using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Auth.Audit;

/// <summary>Takes secrets out of what is logged: by the name of the member, and by what its text looks like under any other name.</summary>
internal static partial class Redaction
{
    public const string Removed = "[removed]";

    public static string? Clean(JsonObject? values) => values is null ? null : Node(values)!.ToJsonString();

    private static JsonNode? Node(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(m => KeyValuePair.Create(Text(m.Key), SecretName().IsMatch(m.Key) && m.Value is not null ? Removed : Node(m.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Node)]),
        JsonValue value when value.TryGetValue<string>(out var text) => SecretText().IsMatch(text) ? Removed : Text(text),
        _ => node?.DeepClone(),
    };

    // PostgreSQL's jsonb refuses a NUL, and the event must not be lost for it.
    private static string Text(string text) => text.Replace('\0', '\uFFFD');

    [GeneratedRegex("password|passwd|pwd|secret|token|hash|cookie|authorization|credential|private|otp|recovery|backup_?code|api_?key", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    // A token is looked for once in each run of its letters, from where the run begins: a text of many beginnings costs no more than another.
    // A token of ours or another's, a hash in PHC, bcrypt's, Django's or ASP.NET Identity's form, a key in PEM, a URL with a password.
    [GeneratedRegex(@"(?<![\w-])(?>[\w-]*?eyJ)(?>[\w-]+)\.[\w-]+\.|^\$(argon2|2[abxy]?\$|pbkdf2|scrypt|fbscrypt)|^(argon2|bcrypt|pbkdf2|scrypt)\w*\$|^AQAAAA[\w+/]{50}|-----BEGIN |://[^/\s:@]+:[^/\s@]+@|\bBearer\s+\S", RegexOptions.IgnoreCase)]
    private static partial Regex SecretText();
}
