using System.Text;
using System.Text.Json;

namespace Sluice.Auth.Tokens;

/// <summary>The claims of a token whose signature holds: the times, and where in its payload the texts are, quotes included.</summary>
internal record struct TokenClaims
{
    // The year 9999.
    private const long Latest = 253_402_300_000;

    private static readonly byte[][] Names = [.. "iss aud exp nbf iat sub sid role jti aal amr roles scope roles_more scoped_roles roles_version".Split(' ').Select(Encoding.UTF8.GetBytes)];

    private long expires;
    private long notBefore;
    private long issuedAt;
    private Range subject;
    private Range session;
    private Range role;
    private Range id;
    private Range level;
    private Range methods;
    private Range roles;
    private Range scopedRoles;
    private bool hasMoreRoles;
    private long rolesVersion;
    private Range scope;

    /// <summary>What is accepted, as a payload has it.</summary>
    internal sealed record Expected(byte[] Issuer, byte[] Audience, long Skew);

    /// <returns>Null for what is not for us, or not for now.</returns>
    public static TokenClaims? Read(ReadOnlySpan<byte> payload, Expected expected, long now)
    {
        try
        {
            var json = new Utf8JsonReader(payload);
            var (claims, isOurs, isForUs) = (default(TokenClaims), false, false);
            if (!json.Read() || json.TokenType is not JsonTokenType.StartObject)
            {
                return null;
            }

            while (json.Read() && json.TokenType is JsonTokenType.PropertyName)
            {
                var name = json.ValueIsEscaped ? Spelled(ref json) : json.ValueSpan;
                if (name.SequenceEqual("iss"u8))
                {
                    isOurs = Is(ref json, expected.Issuer);
                }
                else if (name.SequenceEqual("aud"u8))
                {
                    isForUs = Is(ref json, expected.Audience);
                }
                else
                {
                    claims.Take(name, ref json);
                }

                json.Skip();
            }

            // What comes after the object makes the reader complain.
            return !json.Read() && isOurs && isForUs && claims.AreWhole
                && now < claims.expires + expected.Skew && claims.notBefore <= now + expected.Skew && claims.issuedAt <= now + expected.Skew
                ? claims
                : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <returns>Null where a text is not UTF-8.</returns>
    public readonly AccessToken? Make(ReadOnlySpan<byte> payload, Expected expected)
    {
        try
        {
            return new AccessToken(
                Text(payload[subject]), Text(payload[session]), Text(payload[role]), Text(payload[id]),
                DateTimeOffset.FromUnixTimeSeconds(issuedAt), DateTimeOffset.FromUnixTimeSeconds(expires + expected.Skew))
            {
                Assurance = new Assurance(
                    level.End.Value > 0 ? Text(payload[level]) : Assurance.Password.Level, methods.End.Value > 0 ? string.Join(' ', Words(payload[methods])) : Assurance.Password.Methods),
                // Of an issuer that knows one role only.
                GlobalRoles = roles.End.Value > 0 ? Words(payload[roles]) : [Text(payload[role])],
                ScopedRoles = scopedRoles.End.Value > 0 ? Words(payload[scopedRoles]) : [],
                HasMoreRoles = hasMoreRoles,
                RolesVersion = rolesVersion,
                Scope = scope.End.Value > 0 ? Text(payload[scope]) : "",
                Added = AddedClaims.Of(payload),
            };
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private readonly bool AreWhole => expires > 0 && notBefore > 0 && issuedAt > 0 && subject.End.Value > 0 && session.End.Value > 0 && role.End.Value > 0 && id.End.Value > 0;

    // A name is the same name however it is spelled.
    private static ReadOnlySpan<byte> Spelled(ref Utf8JsonReader json)
    {
        foreach (var name in Names)
        {
            if (json.ValueTextEquals(name))
            {
                return name;
            }
        }

        return default;
    }

    // Of two with one name the last counts.
    private void Take(scoped ReadOnlySpan<byte> name, ref Utf8JsonReader json)
    {
        switch (name.Length)
        {
            case 3 when name.SequenceEqual("exp"u8):
                expires = Seconds(ref json);
                break;
            case 3 when name.SequenceEqual("nbf"u8):
                notBefore = Seconds(ref json);
                break;
            case 3 when name.SequenceEqual("iat"u8):
                issuedAt = Seconds(ref json);
                break;
            case 3 when name.SequenceEqual("sub"u8):
                subject = Quoted(ref json);
                break;
            case 3 when name.SequenceEqual("sid"u8):
                session = Quoted(ref json);
                break;
            case 3 when name.SequenceEqual("jti"u8):
                id = Quoted(ref json);
                break;
            case 3 when name.SequenceEqual("aal"u8):
                level = Quoted(ref json);
                break;
            case 3 when name.SequenceEqual("amr"u8):
                methods = Listed(ref json);
                break;
            case 4 when name.SequenceEqual("role"u8):
                role = Quoted(ref json);
                break;
            case 5 when name.SequenceEqual("roles"u8):
                roles = Listed(ref json);
                break;
            case 5 when name.SequenceEqual("scope"u8):
                scope = Quoted(ref json);
                break;
            case 10 when name.SequenceEqual("roles_more"u8):
                hasMoreRoles = json.Read() && json.TokenType is JsonTokenType.True;
                break;
            case 12 when name.SequenceEqual("scoped_roles"u8):
                scopedRoles = Listed(ref json);
                break;
            case 13 when name.SequenceEqual("roles_version"u8):
                rolesVersion = json.Read() && json.TokenType is JsonTokenType.Number && json.TryGetInt64(out var version) ? version : 0;
                break;
            default:
                json.Read();
                break;
        }
    }

    private static bool Is(ref Utf8JsonReader json, byte[] expected) => json.Read() && json.TokenType is JsonTokenType.String && json.ValueTextEquals(expected);

    // 0 for no time.
    private static long Seconds(ref Utf8JsonReader json) =>
        json.Read() && json.TokenType is JsonTokenType.Number && json.TryGetInt64(out var seconds) && seconds is > 0 and < Latest ? seconds : 0;

    private static Range Quoted(ref Utf8JsonReader json) =>
        json.Read() && json.TokenType is JsonTokenType.String ? (int)json.TokenStartIndex..((int)json.TokenStartIndex + json.ValueSpan.Length + 2) : default;

    // From bracket to bracket.
    private static Range Listed(ref Utf8JsonReader json)
    {
        if (!json.Read() || json.TokenType is not JsonTokenType.StartArray)
        {
            return default;
        }

        var start = (int)json.TokenStartIndex;
        json.Skip();
        return start..(int)json.BytesConsumed;
    }

    private static List<string> Words(ReadOnlySpan<byte> list)
    {
        var json = new Utf8JsonReader(list);
        var words = new List<string>();
        json.Read();
        while (json.Read() && json.TokenType is JsonTokenType.String)
        {
            words.Add(json.GetString()!);
        }

        return words;
    }

    private static string Text(ReadOnlySpan<byte> quoted)
    {
        var json = new Utf8JsonReader(quoted);
        json.Read();
        return json.GetString()!;
    }
}
