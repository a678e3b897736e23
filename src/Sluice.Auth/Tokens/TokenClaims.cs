using System.Buffers.Text;
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
    private bool isOurs;
    private bool isForUs;

    /// <summary>What is accepted.</summary>
    internal sealed record Expected(byte[] Issuer, byte[] Audience, long Skew);

    /// <returns>Null for what is not for us, or not for now.</returns>
    public static TokenClaims? Read(ReadOnlySpan<byte> payload, Expected expected, long now) =>
        (ReadPlain(payload, expected, out var claims) || ReadAny(payload, expected, out claims)) && claims.AreWhole
        && now < claims.expires + expected.Skew && claims.notBefore <= now + expected.Skew && claims.issuedAt <= now + expected.Skew
            ? claims
            : null;

    /// <returns>False where it is spelled otherwise than we do; that says nothing of what it says.</returns>
    internal static bool ReadPlain(ReadOnlySpan<byte> payload, Expected expected, out TokenClaims claims)
    {
        claims = default;
        if (PlainJson.At(payload, 0) != '{' || !PlainJson.MayBe(payload))
        {
            return false;
        }

        var at = 0;
        do
        {
            var name = at + 1;
            var colon = PlainJson.Text(payload, name);
            var value = colon + 1;
            if (PlainJson.At(payload, colon) != ':' || (at = PlainJson.Value(payload, value)) == 0)
            {
                return false;
            }

            claims.Take(payload[(name + 1)..(colon - 1)], payload, value..at, expected);
        }
        while (PlainJson.At(payload, at) == ',');
        return at == payload.Length - 1 && payload[at] == '}';
    }

    /// <returns>False for what is not one object and nothing else.</returns>
    internal static bool ReadAny(ReadOnlySpan<byte> payload, Expected expected, out TokenClaims claims)
    {
        claims = default;
        try
        {
            var json = new Utf8JsonReader(payload);
            if (!json.Read() || json.TokenType is not JsonTokenType.StartObject)
            {
                return false;
            }

            while (json.Read() && json.TokenType is JsonTokenType.PropertyName)
            {
                var name = json.ValueIsEscaped ? Spelled(ref json) : json.ValueSpan;
                json.Read();
                var start = (int)json.TokenStartIndex;
                json.Skip();
                claims.Take(name, payload, start..(int)json.BytesConsumed, expected);
            }

            // What comes after the object makes the reader complain.
            return !json.Read();
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return false;
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

    private readonly bool AreWhole => isOurs && isForUs && expires > 0 && notBefore > 0 && issuedAt > 0 && subject.End.Value > 0 && session.End.Value > 0 && role.End.Value > 0 && id.End.Value > 0;

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
    private void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload, Range value, Expected expected)
    {
        switch (name.Length)
        {
            case 3 when name.SequenceEqual("iss"u8):
                isOurs = Is(payload[value], expected.Issuer);
                break;
            case 3 when name.SequenceEqual("aud"u8):
                isForUs = Is(payload[value], expected.Audience);
                break;
            case 3 when name.SequenceEqual("exp"u8):
                expires = Seconds(payload[value]);
                break;
            case 3 when name.SequenceEqual("nbf"u8):
                notBefore = Seconds(payload[value]);
                break;
            case 3 when name.SequenceEqual("iat"u8):
                issuedAt = Seconds(payload[value]);
                break;
            case 3 when name.SequenceEqual("sub"u8):
                subject = Where(payload, value, '"');
                break;
            case 3 when name.SequenceEqual("sid"u8):
                session = Where(payload, value, '"');
                break;
            case 3 when name.SequenceEqual("jti"u8):
                id = Where(payload, value, '"');
                break;
            case 3 when name.SequenceEqual("aal"u8):
                level = Where(payload, value, '"');
                break;
            case 3 when name.SequenceEqual("amr"u8):
                methods = Where(payload, value, '[');
                break;
            case 4 when name.SequenceEqual("role"u8):
                role = Where(payload, value, '"');
                break;
            case 5 when name.SequenceEqual("roles"u8):
                roles = Where(payload, value, '[');
                break;
            case 5 when name.SequenceEqual("scope"u8):
                scope = Where(payload, value, '"');
                break;
            case 10 when name.SequenceEqual("roles_more"u8):
                hasMoreRoles = payload[value].SequenceEqual("true"u8);
                break;
            case 12 when name.SequenceEqual("scoped_roles"u8):
                scopedRoles = Where(payload, value, '[');
                break;
            case 13 when name.SequenceEqual("roles_version"u8):
                rolesVersion = Number(payload[value]);
                break;
            default:
                break;
        }
    }

    private static bool Is(ReadOnlySpan<byte> value, byte[] expected)
    {
        if (value[0] != '"')
        {
            return false;
        }

        var text = value[1..^1];
        return text.Contains((byte)'\\') ? IsSpelled(value, expected) : text.SequenceEqual(expected);
    }

    private static bool IsSpelled(ReadOnlySpan<byte> value, byte[] expected)
    {
        var json = new Utf8JsonReader(value);
        return json.Read() && json.ValueTextEquals(expected);
    }

    // 0 for no time.
    private static long Seconds(ReadOnlySpan<byte> value) => Number(value) is > 0 and < Latest and var seconds ? seconds : 0;

    // 0 for none that is whole.
    private static long Number(ReadOnlySpan<byte> value) => Utf8Parser.TryParse(value, out long number, out var length) && length == value.Length ? number : 0;

    private static Range Where(ReadOnlySpan<byte> payload, Range value, char first) => payload[value.Start.Value] == first ? value : default;

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
