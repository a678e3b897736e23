using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Sluice.Auth.Tokens;

/// <summary>
/// Reads access tokens by RFC 8725: only our own kind (`at+jwt`), only the key's own algorithm, nothing that a header could point to.
/// No input or output, and one answer for all that is wrong.
/// </summary>
internal sealed class TokenReader(KeyRing keys, string issuer, string audience, TimeSpan skew)
{
    private const int Longest = 4096;

    /// <returns>Null for what is no valid token of ours at this time.</returns>
    public AccessToken? Read(string text, DateTimeOffset now)
    {
        if (text.Length > Longest || Split(text) is not var (header, payload, signature) || Key(header, now) is not { } key)
        {
            return null;
        }

        var proof = Decode(signature);
        // One signature has one spelling; with two, a token would have a twin of another hash.
        if (proof is null || !Base64Url.EncodeToString(proof).AsSpan().SequenceEqual(signature))
        {
            return null;
        }

        var signed = Encoding.ASCII.GetBytes(text[..(header.Length + 1 + payload.Length)]);
        return key.Verify(signed, proof) && Decode(payload) is { } claims ? Claims(claims, now)?.Read(text) : null;
    }

    private TokenKey? Key(string segment, DateTimeOffset now)
    {
        if (Decode(segment) is not { } bytes)
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(bytes);
            string? algorithm = null, type = null, kid = null;
            if (json.RootElement.ValueKind is not JsonValueKind.Object)
            {
                return null;
            }

            foreach (var member in json.RootElement.EnumerateObject())
            {
                // jku, jwk, x5u, x5c, crit and whatever comes: a header that says more than ours is not ours.
                switch (member.Name)
                {
                    case "alg" when algorithm is null && member.Value.ValueKind is JsonValueKind.String: algorithm = member.Value.GetString(); break;
                    case "typ" when type is null && member.Value.ValueKind is JsonValueKind.String: type = member.Value.GetString(); break;
                    case "kid" when kid is null && member.Value.ValueKind is JsonValueKind.String: kid = member.Value.GetString(); break;
                    default: return null;
                }
            }

            return type == "at+jwt" && kid is not null && keys.Verifier(kid, now) is { } key && key.Algorithm == algorithm ? key : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private AccessToken? Claims(byte[] bytes, DateTimeOffset now)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            var claims = json.RootElement;
            if (Text("iss") != issuer || Text("aud") != audience || Time("exp") is not { } expires || Time("nbf") is not { } notBefore || Time("iat") is not { } issued
                || now >= expires + skew || notBefore > now + skew || issued > now + skew
                || Text("sub") is not { } subject || Text("sid") is not { } session || Text("role") is not { } role || Text("jti") is not { } id)
            {
                return null;
            }

            return new AccessToken(subject, session, role, id, issued, expires + skew) { Assurance = new Assurance(Text("aal") ?? Assurance.Password.Level, Words("amr")) };

            string? Text(string name) => claims.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

            string Words(string name) => claims.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Array ? string.Join(' ', value.EnumerateArray().Select(w => w.GetString())) : Assurance.Password.Methods;

            DateTimeOffset? Time(string name) => claims.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is > 0 and < 253_402_300_000
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static (string Header, string Payload, string Signature)? Split(string text)
    {
        var first = text.IndexOf('.', StringComparison.Ordinal);
        var second = first < 0 ? -1 : text.IndexOf('.', first + 1);
        return second > first + 1 && first > 0 && second < text.Length - 1 && text.IndexOf('.', second + 1) < 0
            ? (text[..first], text[(first + 1)..second], text[(second + 1)..])
            : null;
    }

    private static byte[]? Decode(string segment)
    {
        // Padding and white space, which the decoder would pass over.
        if (segment.AsSpan().IndexOfAny("= \t\r\n") >= 0)
        {
            return null;
        }

        var bytes = new byte[Base64Url.GetMaxDecodedLength(segment.Length)];
        return Base64Url.DecodeFromChars(segment, bytes, out _, out var written) is OperationStatus.Done ? bytes[..written] : null;
    }
}
