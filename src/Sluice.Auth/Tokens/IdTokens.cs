using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Tokens;

/// <summary>
/// Tells a client who has signed in (OpenID Connect Core, 2). Of another type (`JWT`) and for another audience than an access token, so that
/// neither passes for the other.
/// </summary>
internal sealed class IdTokens(KeyRing keys, IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    private const int Longest = 4096;

    public string Write(IdToken said, string? nonce, string accessToken, DateTimeOffset since, Assurance assurance)
    {
        var (now, key) = (clock.GetUtcNow(), keys.Signer(clock.GetUtcNow()));
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("iss", options.Value.Issuer);
            json.WriteString("sub", said.Subject);
            json.WriteString("aud", said.ClientId);
            json.WriteNumber("exp", (now + options.Value.Tokens.Lifetime).ToUnixTimeSeconds());
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("auth_time", since.ToUnixTimeSeconds());
            if (nonce is not null)
            {
                json.WriteString("nonce", nonce);
            }

            json.WriteString("acr", assurance.Level);
            json.WriteStartArray("amr");
            foreach (var method in assurance.Methods.Split(' '))
            {
                json.WriteStringValue(method);
            }

            json.WriteEndArray();
            // The left half, by the hash of the signature's algorithm; each of ours has SHA-256.
            json.WriteString("at_hash", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, 16)));
            json.WriteString("sid", said.SessionId);
            json.WriteEndObject();
        }

        var header = Encoding.UTF8.GetBytes($$"""{"alg":"{{key.Algorithm}}","typ":"JWT","kid":"{{key.Kid}}"}""");
        var unsigned = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(buffer.WrittenSpan)}";
        return $"{unsigned}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(unsigned)))}";
    }

    /// <summary>One of ours that comes back as a hint: it may have expired, and opens nothing.</summary>
    public IdToken? Read(string text)
    {
        if (text.Length > Longest || text.Split('.') is not [var header, var payload, var proof] || !Base64Url.IsValid(header) || !Base64Url.IsValid(payload) || !Base64Url.IsValid(proof))
        {
            return null;
        }

        try
        {
            using var head = JsonDocument.Parse(Base64Url.DecodeFromChars(header));
            if (Text(head, "typ") != "JWT" || keys.Verifier(Text(head, "kid"), clock.GetUtcNow()) is not { PublicKey.Length: > 0 } key || Text(head, "alg") != key.Algorithm
                || !key.Verify(Encoding.ASCII.GetBytes($"{header}.{payload}"), Base64Url.DecodeFromChars(proof)))
            {
                return null;
            }

            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return Text(claims, "iss") == options.Value.Issuer ? new IdToken(Text(claims, "sub"), Text(claims, "aud"), Text(claims, "sid")) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Text(JsonDocument json, string name) =>
        json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : "";
}

/// <summary>Who signed in, for which client, in which session of its.</summary>
internal sealed record IdToken(string Subject, string ClientId, string SessionId);
