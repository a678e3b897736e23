using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Tokens;

/// <summary>Signs access tokens by RFC 9068.</summary>
internal sealed class TokenWriter(KeyRing keys, IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    private readonly SluiceAuthOptions settings = options.Value;

    /// <param name="sessionExpires">No token outlives its session.</param>
    public (string Text, DateTimeOffset Expires) Write(string subject, string sessionId, string role, Assurance assurance, DateTimeOffset sessionExpires)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
        var expires = now + settings.Tokens.Lifetime;
        expires = DateTimeOffset.FromUnixTimeSeconds(Math.Min(expires.ToUnixTimeSeconds(), sessionExpires.ToUnixTimeSeconds()));
        var key = keys.Signer(clock.GetUtcNow());
        var unsigned = $"{Header(key)}.{Base64Url.EncodeToString(Payload(subject, sessionId, role, assurance, now, expires))}";
        return ($"{unsigned}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(unsigned)))}", expires);
    }

    private static string Header(TokenKey key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"{{key.Algorithm}}","typ":"at+jwt","kid":"{{key.Kid}}"}"""));

    private byte[] Payload(string subject, string sessionId, string role, Assurance assurance, DateTimeOffset now, DateTimeOffset expires)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("iss", settings.Issuer);
        json.WriteString("aud", settings.Audience);
        json.WriteString("sub", subject);
        json.WriteNumber("exp", expires.ToUnixTimeSeconds());
        json.WriteNumber("iat", now.ToUnixTimeSeconds());
        json.WriteNumber("nbf", now.ToUnixTimeSeconds());
        json.WriteString("jti", Guid.CreateVersion7(now));
        json.WriteString("client_id", settings.Tokens.ClientId);
        json.WriteString("sid", sessionId);
        json.WriteString("session_id", sessionId);
        json.WriteString("role", role);
        json.WriteString("aal", assurance.Level);
        json.WriteStartArray("amr");
        foreach (var method in assurance.Methods.Split(' '))
        {
            json.WriteStringValue(method);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
