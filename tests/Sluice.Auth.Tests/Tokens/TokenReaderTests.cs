using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Tokens;
using Xunit;
using static Sluice.Auth.Tests.Tokens.TokenTexts;

namespace Sluice.Auth.Tests.Tokens;

public sealed class TokenReaderTests
{
    [Fact]
    public void A_token_as_it_should_be_is_accepted_so_that_the_others_are_refused_for_what_they_are() => Assert.NotNull(Read(Write(Header, Claims)));

    [Theory, InlineData("none"), InlineData("None"), InlineData("HS256"), InlineData("es256"), InlineData("ES384"), InlineData("")]
    public void Bar_22_another_algorithm_than_the_key_s_is_refused(string algorithm)
    {
        var header = With(Header, "alg", algorithm);
        Assert.Null(Read(Write(header, Claims)));
        Assert.Null(Read(Write(header, Claims, _ => [])));
        // The public key taken for the secret of an HMAC.
        Assert.Null(Read(Write(header, Claims, d => HMACSHA256.HashData(Elliptic.PublicKey, d))));
        Assert.Null(Read(Write(header, Claims, d => HMACSHA256.HashData(Encoding.ASCII.GetBytes(Convert.ToBase64String(Elliptic.PublicKey)), d))));
    }

    [Theory, InlineData("jku", "https://evil.example/keys"), InlineData("jwk", "{}"), InlineData("x5u", "https://evil.example"), InlineData("x5c", "MII"), InlineData("crit", "exp"), InlineData("zip", "DEF")]
    public void Bar_23_a_header_that_points_elsewhere_is_refused(string name, string value) => Assert.Null(Read(Write(With(Header, name, value), Claims)));

    [Fact]
    public void Bar_24_times_issuer_and_audience_are_exact_but_for_thirty_seconds()
    {
        var text = Write(Header, Claims);
        Assert.NotNull(Read(text, at: Now.AddSeconds(-30)));
        Assert.Null(Read(text, at: Now.AddSeconds(-31)));
        Assert.NotNull(Read(text, at: Now.AddHours(1).AddSeconds(29)));
        Assert.Null(Read(text, at: Now.AddHours(1).AddSeconds(30)));
        foreach (var (name, value) in new (string, object?)[]
                 {
                     ("iss", TestNode.Issuer + "/"), ("iss", null), ("aud", "https://API.example.com"), ("aud", null), ("aud", new[] { "https://other.example.com" }), ("exp", null), ("exp", "soon"), ("exp", 1e300),
                     ("exp", long.MaxValue), ("exp", -1), ("nbf", null), ("nbf", Now.AddHours(1).ToUnixTimeSeconds()), ("iat", Now.AddHours(1).ToUnixTimeSeconds()), ("sub", null), ("sub", 7), ("sid", null), ("role", null), ("jti", null),
                 })
        {
            Assert.Null(Read(Write(Header, With(Claims, name, value))));
        }
    }

    [Theory, InlineData("ES256"), InlineData("HS256")]
    public void Who_knows_the_header_of_a_key_refuses_what_anybody_refuses(string algorithm)
    {
        var pair = TokenKey.Generate("ES256");
        var key = algorithm == "HS256" ? TokenKey.OfSecret("a secret of this test that is long enough") : TokenKey.OfPrivate("fedcba9876543210", algorithm, pair.Pkcs8, pair.PublicKey, Now.AddDays(-1), Now.AddHours(2));
        var header = With(With(Header, "kid", key.Kid), "alg", algorithm);
        var ring = new KeyRing();
        ring.Replace([key, Elliptic]);
        var reader = new TokenReader(ring, TestNode.Issuer, TestNode.Audience, TimeSpan.FromSeconds(30));
        var text = Write(header, Claims, d => key.Sign(d));
        Assert.Null(reader.Read(Write(header, Claims, d => new byte[key.Sign(d).Length]), Now));
        Assert.Null(key.Header);

        Assert.NotNull(reader.Read(text, Now));

        Assert.Equal(text.Split('.')[0], Encoding.ASCII.GetString(key.Header!));
        Assert.NotNull(reader.Read(text, Now));
        Assert.Equal(1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".Count(c => reader.Read(text[..^1] + c, Now) is not null));
        foreach (var proof in new[] { "", "A", text.Split('.')[2] + "A", text.Split('.')[2][..^1], new string('A', 43), new string('A', 86), new string('A', 3000) })
        {
            Assert.Null(reader.Read($"{text[..text.LastIndexOf('.')]}.{proof}", Now));
        }

        Assert.Null(reader.Read(Write(header, With(Claims, "sub", "eve"), _ => key.Sign(Encoding.ASCII.GetBytes(text[..text.LastIndexOf('.')]))), Now));
        Assert.Null(reader.Read(Write(header, Claims, d => Elliptic.Sign(d)), Now));
        Assert.Null(reader.Read(Write(With(header, "alg", algorithm == "HS256" ? "ES256" : "HS256"), Claims, d => key.Sign(d)), Now));
        Assert.Null(reader.Read(Write(With(header, "jku", "https://evil.example/keys"), Claims, d => key.Sign(d)), Now));
        Assert.Null(reader.Read(Write(header, With(Claims, "exp", Now.AddDays(1).ToUnixTimeSeconds()), d => key.Sign(d)), key.VerifiesUntil));
        ring.Replace([Elliptic]);
        Assert.Null(reader.Read(text, Now));
    }

    [Fact]
    public void A_claim_is_the_same_however_its_name_is_spelled()
    {
        var claims = JsonSerializer.Serialize(Claims);
        Assert.NotNull(Read(Sign(claims)));
        Assert.NotNull(Read(Sign(claims.Replace("\"exp\"", "\"\\u0065\\u0078\\u0070\"", StringComparison.Ordinal))));
        // Of two with one name the last counts, in whichever spelling.
        Assert.Null(Read(Sign(claims[..^1] + $$""","\u0065xp":{{Now.AddHours(-1).ToUnixTimeSeconds()}}}""")));
        Assert.Null(Read(Sign(claims[..^1] + ",\"\\ud800\":1}")));
        Assert.NotNull(Read(Sign(claims[..^1] + ",\"" + string.Concat(Enumerable.Repeat("\\u0065", 200)) + "\":1}")));

        static string Sign(string claims)
        {
            var unsigned = $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(Header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
            return $"{unsigned}.{Base64Url.EncodeToString(Elliptic.Sign(Encoding.ASCII.GetBytes(unsigned)))}";
        }
    }

    [Theory, InlineData("JWT"), InlineData("at+JWT"), InlineData("id+jwt"), InlineData("")]
    public void Bar_25_another_type_is_refused(string type) => Assert.Null(Read(Write(With(Header, "typ", type), Claims)));

    [Theory, InlineData("../../etc/passwd"), InlineData("' OR '1'='1"), InlineData("https://evil.example/k"), InlineData("a\r\nb"), InlineData("")]
    public void Bar_26_a_key_s_name_is_only_looked_up(string kid) => Assert.Null(Read(Write(With(Header, "kid", kid), Claims)));

    [Fact]
    public void What_is_no_token_is_refused()
    {
        var text = Write(Header, Claims);
        foreach (var hostile in new[] { "", ".", "..", "...", "a.b.c", text + ".", "." + text, text + "=", text + new string('x', 5000), " " + text, text.Replace('.', ' '), text[..^1], "e30.e30.e30", "W10.W10.W10" })
        {
            Assert.Null(Read(hostile));
        }

        // The last sign of 64 bytes has four bits to spare: sixteen spellings of one signature, of which one counts.
        Assert.Equal(1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".Count(c => Read(text[..^1] + c) is not null));
        // A header said twice, of which one reader takes the first and another the last.
        var twice = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{Elliptic.Kid}}","alg":"ES256"}"""));
        var unsigned = $"{twice}.{text.Split('.')[1]}";
        Assert.Null(Read($"{unsigned}.{Base64Url.EncodeToString(Elliptic.Sign(Encoding.ASCII.GetBytes(unsigned)))}"));
        Assert.Null(Read(Write(With(With(Header, "alg", "HS256"), "kid", Secret.Kid), Claims, d => Secret.Sign(d))));
        Assert.NotNull(Read(Write(With(With(Header, "alg", "HS256"), "kid", Secret.Kid), Claims, d => Secret.Sign(d)), Secret));
    }

    [Fact]
    public void White_space_and_padding_have_no_place_in_a_token_whoever_signed_it()
    {
        for (var length = 0; length < 4; length++)
        {
            // Claims of every length that a segment can have.
            var parts = Write(With(With(Header, "alg", "HS256"), "kid", Secret.Kid), With(Claims, "sub", new string('a', length + 1))).Split('.')[..2];
            foreach (var (segment, sign) in from segment in new[] { 0, 1 } from sign in " \t\r\n=%" select (segment, sign))
            {
                for (var at = 0; at <= parts[segment].Length; at++)
                {
                    for (var many = 1; many < 4; many++)
                    {
                        Assert.Null(Read(Signed([.. parts.Select((p, i) => i == segment ? p.Insert(at, new string(sign, many)) : p)]), Secret));
                    }
                }
            }

            var good = Signed(parts);
            Assert.NotNull(Read(good, Secret));
            Assert.DoesNotContain(" \t\r\n=%", sign => Enumerable.Range(good.LastIndexOf('.') + 1, 44).Any(at => Read(good.Insert(at, $"{sign}"), Secret) is not null));
        }

        string Signed(string[] parts)
        {
            var unsigned = string.Join('.', parts);
            return $"{unsigned}.{Base64Url.EncodeToString(Secret.Sign(Encoding.ASCII.GetBytes(unsigned)))}";
        }
    }

    [Theory]
    [InlineData("""{"iss":"https://auth.example.com","aud":"https://api.example.com","sub":"ad\u0061","sid":"1","role":"Pr\u00fcfer","jti":"2","iat":IAT,"nbf":IAT,"exp":EXP,"other":{"sub":["eve"],"exp":1}}""", "ada Prüfer")]
    [InlineData("""{"sub":"eve","iss":"https://auth.example.com","aud":"https://api.example.com","sub":"ada","sid":"1","role":"user","jti":"2","iat":IAT,"nbf":IAT,"exp":EXP}""", "ada user")]
    [InlineData("""{"iss":"https://auth.example.com","aud":["https://api.example.com"],"sub":"ada","sid":"1","role":"user","jti":"2","iat":IAT,"nbf":IAT,"exp":EXP}""", null)]
    [InlineData("""{"iss":"https://auth.example.com","aud":"https://api.example.com","sub":{"sub":"ada"},"sid":"1","role":"user","jti":"2","iat":IAT,"nbf":IAT,"exp":EXP}""", null)]
    [InlineData("""{"iss":"https://auth.example.com","aud":"https://api.example.com","sub":"ada","sid":"1","role":"user","jti":"2","iat":IAT,"nbf":IAT,"exp":1e99}""", null)]
    [InlineData("""{"iss":"https://auth.example.com","aud":"https://api.example.com","sub":"ada","sid":"1","role":"user","jti":"2","iat":IAT,"nbf":IAT,"exp":EXP}{}""", null)]
    [InlineData("""[{"iss":"https://auth.example.com","aud":"https://api.example.com","sub":"ada","sid":"1","role":"user","jti":"2","iat":IAT,"nbf":IAT,"exp":EXP}]""", null)]
    [InlineData("""{"iss":"https://auth.example.com","aud":"https://api.example.com","sub":"ada","sid":"1","role":"user","jti":"2","iat":IAT,"nbf":IAT,"exp":EXP""", null)]
    public void Claims_are_read_as_JSON_and_nothing_but_ours_at_the_top_counts(string payload, string? said)
    {
        var json = payload.Replace("IAT", $"{Now.ToUnixTimeSeconds()}", StringComparison.Ordinal).Replace("EXP", $"{Now.AddHours(1).ToUnixTimeSeconds()}", StringComparison.Ordinal);
        var unsigned = $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(Header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json))}";

        var token = Read($"{unsigned}.{Base64Url.EncodeToString(Elliptic.Sign(Encoding.ASCII.GetBytes(unsigned)))}");

        Assert.Equal(said, token is null ? null : $"{token.Subject} {token.Role}");
    }

    [Fact]
    public void A_claim_that_is_not_UTF_8_is_refused()
    {
        var bytes = Encoding.Latin1.GetBytes(JsonSerializer.Serialize(With(Claims, "role", "Pr?fer")).Replace('?', 'ü'));
        var unsigned = $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(Header))}.{Base64Url.EncodeToString(bytes)}";

        Assert.Null(Read($"{unsigned}.{Base64Url.EncodeToString(Elliptic.Sign(Encoding.ASCII.GetBytes(unsigned)))}"));
    }
}
