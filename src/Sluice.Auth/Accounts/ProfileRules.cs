using System.Text.Json;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>What names and metadata may be, at registration and later.</summary>
internal static class ProfileRules
{
    public const int LongestName = 200;
    public const int LongestMetadata = 16 * 1024;

    /// <returns>What is wrong; null for nothing.</returns>
    public static Refusal? Check(ProfileChange change, Names names, SluiceAuthOptions options) =>
        OfUsername(change.Username, names, options) ?? OfDisplayName(change.DisplayName, names, options) ?? OfMetadata(change.Metadata, names);

    /// <summary>The value that a change leaves.</summary>
    public static string? Text(JsonElement value, string? before, Func<string, string> normal) => value.ValueKind switch
    {
        JsonValueKind.Undefined => before,
        JsonValueKind.Null => null,
        _ => normal(value.GetString()!),
    };

    /// <summary>Those of a registration; null for what was left out.</summary>
    public static Refusal? Check(string? username, string? displayName, JsonElement metadata, Names names, SluiceAuthOptions options) =>
        OfUsername(username, names, options) ?? OfDisplayName(displayName, names, options) ?? OfMetadata(metadata, names);

    private static Refusal? OfUsername(string? name, Names names, SluiceAuthOptions options) => name switch
    {
        null => options.RequireUsername ? Refusal.Invalid("A username is needed.") : null,
        _ when !names.Has("users.username") => Refusal.Invalid("There are no user names here; leave username out."),
        _ => UsernameProblem(Identifiers.Normal(name)),
    };

    private static Refusal? OfDisplayName(string? name, Names names, SluiceAuthOptions options) => name switch
    {
        null => options.RequireDisplayName ? Refusal.Invalid("A displayName is needed.") : null,
        _ when !names.Has("users.name") => Refusal.Invalid("There are no display names here; leave displayName out."),
        _ => DisplayNameProblem(name),
    };

    // A change may also take a name away; where there are none, not even that.
    private static Refusal? OfUsername(JsonElement value, Names names, SluiceAuthOptions options) => value.ValueKind switch
    {
        JsonValueKind.Undefined => null,
        _ when !names.Has("users.username") => Refusal.Invalid("There are no user names here; leave username out."),
        JsonValueKind.Null or JsonValueKind.String => OfUsername(value.GetString(), names, options),
        _ => Refusal.Invalid("username is a text, or null."),
    };

    private static Refusal? OfDisplayName(JsonElement value, Names names, SluiceAuthOptions options) => value.ValueKind switch
    {
        JsonValueKind.Undefined => null,
        _ when !names.Has("users.name") => Refusal.Invalid("There are no display names here; leave displayName out."),
        JsonValueKind.Null or JsonValueKind.String => OfDisplayName(value.GetString(), names, options),
        _ => Refusal.Invalid("displayName is a text, or null."),
    };

    public static Refusal? UsernameProblem(string normal) => Identifiers.IsUsername(normal)
        ? null
        : new Refusal(422, "username_invalid", "A user name has 3 to 64 letters, digits, dots, hyphens or underscores, and begins with a letter or digit.");

    public static Refusal? DisplayNameProblem(string name) => name.Length > LongestName || name.Any(char.IsControl)
        ? Refusal.Invalid($"displayName has at most {LongestName} characters, and no control characters.")
        : null;

    // PostgreSQL's jsonb refuses a NUL.
    public static bool IsMetadata(string text) => text.Length <= LongestMetadata && !text.Contains("\\u0000", StringComparison.OrdinalIgnoreCase);

    public static Refusal? OfMetadata(JsonElement value, Names names) => value.ValueKind switch
    {
        JsonValueKind.Undefined => null,
        _ when !names.Has("users.metadata") => Refusal.Invalid("There is no metadata here; leave it out."),
        JsonValueKind.Null => null,
        JsonValueKind.Object when IsMetadata(value.GetRawText()) => null,
        _ => Refusal.Invalid($"metadata is an object of at most {LongestMetadata} characters, without NUL in it."),
    };
}
