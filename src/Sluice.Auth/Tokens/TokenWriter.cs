using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Tokens;

/// <summary>Signs access tokens by RFC 9068.</summary>
internal sealed class TokenWriter(KeyRing keys, IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    // Under 1.5 KiB, so that proxies with small buffers for headers pass it on.
    private const int Longest = 1535;

    // A name, brackets, a comma, and `roles_more`.
    private const int Room = 64;

    // What ends sooner is not worth a token of its own.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly SluiceAuthOptions settings = options.Value;

    /// <param name="sessionExpires">No token outlives its session, nor a role that it has.</param>
    /// <param name="added">What the application adds.</param>
    /// <param name="to">The client that it is for; null for the application's own pages.</param>
    public (string Text, DateTimeOffset Expires) Write(string subject, string sessionId, HeldRoles roles, Assurance assurance, DateTimeOffset sessionExpires, JsonObject? added = null, IssuedTo? to = null)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
        // None to a client of somebody else's, nor a word that there are any; but which change of them it was made after.
        roles = to is { HasRole: false } ? new HeldRoles("") { Version = roles.Version } : roles;
        var living = roles with { Grants = [.. roles.Grants.Where(g => g.Until is not { } until || until - settings.Tokens.ClockSkew - now > Soon)] };
        var expires = living.Grants.Select(g => g.Until - settings.Tokens.ClockSkew).Append(now + settings.Tokens.Lifetime).Min()!.Value;
        expires = DateTimeOffset.FromUnixTimeSeconds(Math.Min(expires.ToUnixTimeSeconds(), sessionExpires.ToUnixTimeSeconds()));
        var key = keys.Signer(clock.GetUtcNow());
        var header = Header(key);
        var room = (Longest - header.Length - Base64Url.GetEncodedLength(key.SignatureLength) - 2) / 4 * 3;
        var unsigned = $"{header}.{Base64Url.EncodeToString(Payload(subject, sessionId, living, assurance, now, expires, added, room, to))}";
        return ($"{unsigned}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(unsigned)))}", expires);
    }

    private static string Header(TokenKey key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"{{key.Algorithm}}","typ":"at+jwt","kid":"{{key.Kid}}"}"""));

    private byte[] Payload(string subject, string sessionId, HeldRoles roles, Assurance assurance, DateTimeOffset now, DateTimeOffset expires, JsonObject? added, int room, IssuedTo? to)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("iss", settings.Issuer);
        json.WriteString("aud", to?.Audience ?? settings.Audience);
        json.WriteString("sub", subject);
        json.WriteNumber("exp", expires.ToUnixTimeSeconds());
        json.WriteNumber("iat", now.ToUnixTimeSeconds());
        json.WriteNumber("nbf", now.ToUnixTimeSeconds());
        json.WriteString("jti", Guid.CreateVersion7(now));
        json.WriteString("client_id", to?.ClientId ?? settings.Tokens.ClientId);
        if (to is not null)
        {
            json.WriteString("scope", to.Scope);
        }

        json.WriteString("sid", sessionId);
        json.WriteString("session_id", sessionId);
        json.WriteString("role", roles.Role);
        json.WriteString("aal", assurance.Level);
        json.WriteStartArray("amr");
        foreach (var method in assurance.Methods.Split(' '))
        {
            json.WriteStringValue(method);
        }

        json.WriteEndArray();
        foreach (var (name, value) in added ?? [])
        {
            json.WritePropertyName(name);
            if (value is null)
            {
                json.WriteNullValue();
            }
            else
            {
                value.WriteTo(json);
            }
        }

        if (roles.Version > 0)
        {
            json.WriteNumber("roles_version", roles.Version);
        }

        // First those that hold everywhere, then the newest: what has no place is asked for where it counts.
        if (!Fill(json, "roles", roles.Everywhere, room) | !Fill(json, "scoped_roles", roles.Grants.Where(g => !g.IsGlobal).Select(g => g.Claim), room) | roles.AreMore)
        {
            json.WriteBoolean("roles_more", true);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <returns>Whether all had a place.</returns>
    private static bool Fill(Utf8JsonWriter json, string name, IEnumerable<string> texts, int room)
    {
        var all = texts.Select(t => JsonEncodedText.Encode(t)).ToList();
        var fitting = all.TakeWhile(OrFull(json.BytesCommitted + json.BytesPending + Room, room)).ToList();
        if (fitting.Count > 0)
        {
            json.WriteStartArray(name);
            fitting.ForEach(t => json.WriteStringValue(t));
            json.WriteEndArray();
        }

        return fitting.Count == all.Count;
    }

    private static Func<JsonEncodedText, bool> OrFull(long used, int room) => text => (used += text.EncodedUtf8Bytes.Length + 3) <= room;
}
