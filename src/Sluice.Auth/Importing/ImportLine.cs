using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sluice.Auth.Accounts;
using Sluice.Auth.Passwords;

namespace Sluice.Auth.Importing;

/// <summary>One line: a JSON object of members that are known, each at most once, all of them sound. What is said of a wrong one never repeats its value.</summary>
internal static class ImportLine
{
    private const int LongestRole = 64;
    private const int Deepest = 32;
    private const int LongestName = 64;

    private static readonly string[] Members = ["id", "email", "username", "displayName", "metadata", "role", "passwordHash", "emailVerified", "isActive", "createdAt", "lastLoginAt"];

    /// <param name="isId">Whether a text can be an id in this database.</param>
    /// <returns>The account, or what is wrong with the line and what to do about it.</returns>
    public static (ImportedAccount? Account, string? Problem) Read(ReadOnlySpan<byte> line, DateTime now, Func<string, bool> isId)
    {
        if (!Utf8.IsValid(line))
        {
            return (null, "is not UTF-8: write the file in UTF-8");
        }

        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = Deepest });
        try
        {
            return reader.Read() && reader.TokenType is JsonTokenType.StartObject ? OfObject(ref reader, line, now, isId) : (null, "is no JSON object: write {\"email\": …}");
        }
        catch (JsonException unreadable)
        {
            return (null, string.Create(CultureInfo.InvariantCulture, $"is not JSON from byte {unreadable.BytePositionInLine} on: write one object a line"));
        }
        catch (InvalidOperationException)
        {
            // Of the reader, for half of a surrogate pair.
            return (null, "has text that is no Unicode: a `\\ud8…` stands without its other half");
        }
    }

    private static (ImportedAccount? Account, string? Problem) OfObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> line, DateTime now, Func<string, bool> isId)
    {
        var account = new ImportedAccount("");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!Members.Contains(name, StringComparer.Ordinal))
            {
                return (null, name == "password" ? "has a password in the clear: only hashes are imported" : $"has the member {Shown(name)}, which is not known: leave it out. Known are {string.Join(", ", Members)}");
            }

            if (!seen.Add(name))
            {
                return (null, $"has {name} twice");
            }

            reader.Read();
            if (reader.TokenType is JsonTokenType.Null)
            {
                continue;
            }

            if (name == "metadata")
            {
                if (Metadata(ref reader, line) is not { } metadata)
                {
                    return (null, $"metadata is not an object of at most {ProfileRules.LongestMetadata} characters, without NUL and with every name once");
                }

                account = account with { Metadata = metadata };
                continue;
            }

            (account, var problem) = With(account, name, ref reader, now, isId);
            if (problem is not null)
            {
                return (null, $"{name} {problem}");
            }
        }

        // Nothing may follow; the reader says so itself.
        reader.Read();
        return account.Email.Length > 0 ? (account, null) : (null, "has no email, by which accounts are told apart");
    }

    private static (ImportedAccount Account, string? Problem) With(ImportedAccount account, string name, ref Utf8JsonReader reader, DateTime now, Func<string, bool> isId)
    {
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False && name is "emailVerified" or "isActive")
        {
            var value = reader.TokenType is JsonTokenType.True;
            return (name == "isActive" ? account with { IsActive = value } : account with { IsVerified = value }, null);
        }

        if (reader.TokenType is not JsonTokenType.String || name == "isActive")
        {
            return (account, name switch { "isActive" => "is not true or false", "emailVerified" => "is not true, false or a time", _ => "is not text" });
        }

        var text = reader.GetString()!;
        if (name is "emailVerified" or "createdAt" or "lastLoginAt")
        {
            return Time(text) is not { } time ? (account, "is no time with its offset: write it as 2026-01-31T12:00:00Z")
                : time > now ? (account, "lies in the future")
                : (name switch { "createdAt" => account with { CreatedAt = time }, "lastLoginAt" => account with { LastLoginAt = time }, _ => account with { IsVerified = true, VerifiedAt = time } }, null);
        }

        var normal = name is "email" or "username" ? Identifiers.Normal(text) : text;
        return name switch
        {
            "id" => isId(text) ? (account with { Id = Guid.TryParseExact(text, "D", out var guid) ? guid.ToString() : text }, null) : (account, "is not of the kind that Tables.Ids says: leave it out for a new one"),
            "email" => Identifiers.IsEmail(normal) ? (account with { Email = normal }, null) : (account, "is no address that mail could be sent to"),
            "username" => ProfileRules.UsernameProblem(normal) is null
                ? (account with { Username = normal }, null)
                : (account, "must have 3 to 64 letters, digits, dots, hyphens or underscores and begin with a letter or digit: leave it out where it is the address"),
            "displayName" => ProfileRules.DisplayNameProblem(text) is null ? (account with { DisplayName = text }, null) : (account, $"must have at most {ProfileRules.LongestName} characters, and no control characters"),
            "role" => text.Length is > 0 and <= LongestRole && !text.Any(char.IsControl) ? (account with { Role = text }, null) : (account, $"must have 1 to {LongestRole} characters"),
            _ => StoredHashForms.Read(text) is not null
                ? (account with { PasswordHash = text }, null)
                : (account, "is in no form that is known here, or asks for more work than a sign-in may cost: docs/auth-import.md lists what is understood. Leave it out, and the account sets a password by reset"),
        };
    }

    private static string? Metadata(ref Utf8JsonReader reader, ReadOnlySpan<byte> line)
    {
        var (start, isObject) = ((int)reader.TokenStartIndex, reader.TokenType is JsonTokenType.StartObject);
        reader.Skip();
        var text = Encoding.UTF8.GetString(line[start..(int)reader.BytesConsumed]);
        try
        {
            using var parsed = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = Deepest });
            return isObject && ProfileRules.IsMetadata(text) ? text : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // To the microsecond, as PostgreSQL keeps it.
    private static DateTime? Time(string text) =>
        text is [.., 'Z'] or [.., '+' or '-', _, _, ':', _, _] && text.Contains('T', StringComparison.Ordinal)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && time.UtcTicks > 0
            ? new DateTime(time.UtcTicks / 10 * 10, DateTimeKind.Utc)
            : null;

    private static string Shown(string name) => name.Length <= LongestName && name.All(char.IsAsciiLetterOrDigit) ? $"`{name}`" : "with a strange name";
}
