using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sluice.Auth.Tokens;

/// <summary>
/// Reads access tokens by RFC 8725: only our own kind (`at+jwt`), only the key's own algorithm, nothing that a header could point to.
/// No input or output, and one answer for all that is wrong. Nothing is put on the heap before a token has been found valid.
/// </summary>
internal sealed class TokenReader(KeyRing keys, string issuer, string audience, TimeSpan skew)
{
    private const int Longest = 4096;
    private const int LongestName = 128;

    private readonly TokenClaims.Expected expected = new(Encoding.UTF8.GetBytes(issuer), Encoding.UTF8.GetBytes(audience), (long)skew.TotalSeconds);

    /// <returns>Null for what is no valid token of ours at this time.</returns>
    [SkipLocalsInit] // Here and below: of these bytes only those are read that were written.
    public AccessToken? Read(ReadOnlySpan<char> text, DateTimeOffset now)
    {
        if (text.Length > Longest)
        {
            return null;
        }

        Span<byte> payload = stackalloc byte[text.Length];
        return Check(text, now, payload) is { } claims ? claims.Make(payload, expected)?.Read(text) : null;
    }

    /// <summary>Whether it is valid, and no more.</summary>
    [SkipLocalsInit]
    public bool IsValid(ReadOnlySpan<char> text, DateTimeOffset now)
    {
        Span<byte> payload = stackalloc byte[Math.Min(text.Length, Longest)];
        return text.Length <= Longest && Check(text, now, payload) is not null;
    }

    /// <param name="payload">Gets the claims' text.</param>
    [SkipLocalsInit]
    private TokenClaims? Check(ReadOnlySpan<char> text, DateTimeOffset now, Span<byte> payload)
    {
        Span<byte> ascii = stackalloc byte[text.Length];
        var first = text.IndexOf('.');
        var second = text.LastIndexOf('.');
        if (first < 1 || second <= first + 1 || second == text.Length - 1 || Ascii.FromUtf16(text, ascii, out _) is not OperationStatus.Done
            || ascii[(first + 1)..second].Contains((byte)'.'))
        {
            return null;
        }

        // A key writes one header into all its tokens: what it says is read of the first that verifies.
        var header = ascii[..first];
        var known = keys.Verifier(header, now);
        if ((known ?? Key(header, now)) is not { } key || !IsOf(key, ascii[..second], ascii[(second + 1)..]))
        {
            return null;
        }

        if (known is null)
        {
            key.Header = header.ToArray();
        }

        return Decode(ascii[(first + 1)..second], payload) is { } length ? TokenClaims.Read(payload[..length], expected, now.ToUnixTimeSeconds()) : null;
    }

    // One signature has one spelling; with two, a token would have a twin of another hash.
    [SkipLocalsInit]
    private static bool IsOf(TokenKey key, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> proof)
    {
        Span<byte> spelled = stackalloc byte[proof.Length];
        Span<byte> signature = stackalloc byte[proof.Length];
        return Decode(proof, signature) is { } size
            && Base64Url.TryEncodeToUtf8(signature[..size], spelled, out var written) && spelled[..written].SequenceEqual(proof)
            && key.Verify(signed, signature[..size]);
    }

    private TokenKey? Key(ReadOnlySpan<byte> segment, DateTimeOffset now)
    {
        Span<byte> header = stackalloc byte[segment.Length];
        if (Decode(segment, header) is not { } headerLength)
        {
            return null;
        }

        try
        {
            var json = new Utf8JsonReader(header[..headerLength]);
            string? algorithm = null;
            var (isOurs, length) = (false, -1);
            Span<char> kid = stackalloc char[LongestName];
            Require(ref json, JsonTokenType.StartObject);
            while (json.Read() && json.TokenType is JsonTokenType.PropertyName)
            {
                // jku, jwk, x5u, x5c, crit and whatever comes: a header that says more than ours, or something twice, is not ours.
                if (algorithm is null && json.ValueTextEquals("alg"u8))
                {
                    Require(ref json, JsonTokenType.String);
                    algorithm = json.ValueTextEquals("ES256"u8) ? "ES256" : json.ValueTextEquals("HS256"u8) ? "HS256" : json.ValueTextEquals("RS256"u8) ? "RS256" : "";
                }
                else if (!isOurs && json.ValueTextEquals("typ"u8))
                {
                    Require(ref json, JsonTokenType.String);
                    isOurs = json.ValueTextEquals("at+jwt"u8);
                }
                else if (length < 0 && json.ValueTextEquals("kid"u8))
                {
                    Require(ref json, JsonTokenType.String);
                    length = json.ValueSpan.Length <= LongestName ? json.CopyString(kid) : 0;
                }
                else
                {
                    return null;
                }
            }

            // What comes after the object makes the reader complain.
            return !json.Read() && isOurs && length > 0 && keys.Verifier(kid[..length], now) is { } key && key.Algorithm == algorithm ? key : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // Padding and white space, which the decoder passes over, would make less of it than its length says; but for a length of 4n + 1, which no text has.
    private static int? Decode(ReadOnlySpan<byte> segment, Span<byte> to) =>
        segment.Length % 4 != 1 && Base64Url.DecodeFromUtf8(segment, to, out _, out var written) is OperationStatus.Done && written == Base64Url.GetMaxDecodedLength(segment.Length) ? written : null;

    private static void Require(ref Utf8JsonReader json, JsonTokenType type)
    {
        if (!json.Read() || json.TokenType != type)
        {
            throw new JsonException();
        }
    }
}
