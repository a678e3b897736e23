using System.Text;
using System.Text.Json;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Tokens;
using Xunit;
using static Sluice.Auth.Tests.Tokens.TokenTexts;

namespace Sluice.Auth.Tests.Tokens;

/// <summary>What is read the short way says the same as what System.Text.Json reads.</summary>
public sealed class PlainJsonTests
{
    private static readonly TokenClaims.Expected Expected = new(Encoding.UTF8.GetBytes(TestNode.Issuer), Encoding.UTF8.GetBytes(TestNode.Audience), 30);

    private static readonly byte[] Full = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>(Claims)
    {
        ["aal"] = "aal2", ["amr"] = new[] { "pwd", "otp" }, ["roles"] = new[] { "user", "admin" }, ["scoped_roles"] = new[] { "organization:1:owner" }, ["roles_more"] = true, ["roles_version"] = 7, ["scope"] = "openid",
    });

    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "\"", "\\\"", "\\\\", "\\u0069", "\\u002F", " ", "\n", "\t", "{", "}", "[", "]", "[]", "{}", ",", ":", "0", "01", "-1", "1.0", "1e3", "9223372036854775808", "true", "false", "null", "tru", "é", "\u2028",
            "\"iss\":", "\"exp\":", ",\"iss\":\"x\"", ",\"sub\":7", ",\"roles\":\"user\"", ",\"roles\":[\"a\",1]", ",\"amr\":[]", ",\"\":1", "//", "\uFEFF", "'",
        }.Select(Encoding.UTF8.GetBytes),
        [0], [0x1F], [0x7F], [0x80], [0xFF],
    ];

    [Fact]
    public void What_is_plain_says_what_it_says_to_any_reader()
    {
        var random = new Random(20261122);
        var plain = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var payload = Changed(Full, random);
            if (TokenClaims.ReadPlain(payload, Expected, out var claims))
            {
                plain++;
                Assert.True(TokenClaims.ReadAny(payload, Expected, out var same), Encoding.UTF8.GetString(payload));
                Assert.True(claims == same, Encoding.UTF8.GetString(payload));
            }
        }

        // Else nothing would have been compared.
        Assert.InRange(plain, 20_000, 180_000);
    }

    [Fact]
    public void Claims_as_they_are_written_here_are_plain()
    {
        Assert.True(TokenClaims.ReadPlain(Full, Expected, out var claims));
        Assert.NotNull(claims.Make(Full, Expected));
        Assert.NotNull(TokenClaims.Read(Full, Expected, Now.ToUnixTimeSeconds()));
    }

    [Theory]
    [InlineData("""{ "iss":"I", "aud":"A", "sub":"ada", "sid":"1", "role":"user", "jti":"2", "iat":T, "nbf":T, "exp":T }""")]
    [InlineData("""{"iss":"I","aud":"A","sub":"ada","sid":"1","role":"user","jti":"2","iat":T,"nbf":T,"exp":T,"more":{"deep":[1,{"sub":"eve"}]}}""")]
    [InlineData("""{"\u0069ss":"I","aud":"A","s\u0075b":"ada","sid":"1","role":"user","jti":"2","iat":T,"nbf":T,"exp":T}""")]
    public void What_is_spelled_otherwise_is_read_as_well(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text.Replace("I\"", TestNode.Issuer.Replace("/", "\\/", StringComparison.Ordinal) + "\"", StringComparison.Ordinal).Replace("A\"", TestNode.Audience + "\"", StringComparison.Ordinal).Replace("T", $"{Now.ToUnixTimeSeconds()}", StringComparison.Ordinal));

        Assert.False(TokenClaims.ReadPlain(payload, Expected, out _));
        Assert.Equal("ada", TokenClaims.Read(payload, Expected, Now.ToUnixTimeSeconds())!.Value.Make(payload, Expected)!.Subject);
    }

    // One to three places replaced, left out or filled in.
    private static byte[] Changed(byte[] text, Random random)
    {
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(text.Length);
            var behind = Math.Min(text.Length, at + random.Next(3));
            text = [.. text[..at], .. random.Next(3) == 0 ? [(byte)random.Next(' ', 127)] : Pieces[random.Next(Pieces.Length)], .. text[behind..]];
        }

        return text;
    }
}
