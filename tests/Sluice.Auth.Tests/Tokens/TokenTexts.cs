using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Tokens;

namespace Sluice.Auth.Tests.Tokens;

/// <summary>Tokens as nobody here would write them, and the reader that they are shown to.</summary>
internal static class TokenTexts
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static readonly TokenKey Elliptic = Private("ES256");
    public static readonly TokenKey Secret = TokenKey.OfSecret("a secret of this test that is long enough");

    public static readonly Dictionary<string, object> Header = new() { ["alg"] = "ES256", ["typ"] = "at+jwt", ["kid"] = Elliptic.Kid };

    public static readonly Dictionary<string, object> Claims = new()
    {
        ["iss"] = TestNode.Issuer, ["aud"] = TestNode.Audience, ["sub"] = "ada", ["sid"] = "1", ["role"] = "user", ["jti"] = "2", ["client_id"] = "first-party",
        ["iat"] = Now.ToUnixTimeSeconds(), ["nbf"] = Now.ToUnixTimeSeconds(), ["exp"] = Now.AddHours(1).ToUnixTimeSeconds(),
    };

    private static TokenKey Private(string algorithm)
    {
        var (pkcs8, publicKey) = TokenKey.Generate(algorithm);
        return TokenKey.OfPrivate("0123456789abcdef", algorithm, pkcs8, publicKey, Now.AddDays(-1), DateTimeOffset.MaxValue);
    }

    public static AccessToken? Read(string text, TokenKey? key = null, DateTimeOffset? at = null)
    {
        var ring = new KeyRing();
        ring.Replace([key ?? Elliptic]);
        return new TokenReader(ring, TestNode.Issuer, TestNode.Audience, TimeSpan.FromSeconds(30)).Read(text, at ?? Now);
    }

    public static string Write(Dictionary<string, object> header, Dictionary<string, object> claims, Func<byte[], byte[]>? sign = null)
    {
        var unsigned = $"{Encode(header)}.{Encode(claims)}";
        return $"{unsigned}.{Base64Url.EncodeToString((sign ?? (d => Elliptic.Sign(d)))(Encoding.ASCII.GetBytes(unsigned)))}";

        static string Encode(Dictionary<string, object> members) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(members));
    }

    public static Dictionary<string, object> With(Dictionary<string, object> members, string name, object? value)
    {
        var other = new Dictionary<string, object>(members);
        other.Remove(name);
        if (value is not null)
        {
            other[name] = value;
        }

        return other;
    }
}
