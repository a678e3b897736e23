using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Tokens;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Tokens;

public sealed class TokenTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly TokenKey Elliptic = Private("ES256");
    private static readonly TokenKey Secret = TokenKey.OfSecret("a secret of this test that is long enough");

    private static readonly Dictionary<string, object> Header = new() { ["alg"] = "ES256", ["typ"] = "at+jwt", ["kid"] = Elliptic.Kid };

    private static readonly Dictionary<string, object> Claims = new()
    {
        ["iss"] = TestNode.Issuer, ["aud"] = TestNode.Audience, ["sub"] = "ada", ["sid"] = "1", ["role"] = "user", ["jti"] = "2", ["client_id"] = "first-party",
        ["iat"] = Now.ToUnixTimeSeconds(), ["nbf"] = Now.ToUnixTimeSeconds(), ["exp"] = Now.AddHours(1).ToUnixTimeSeconds(),
    };

    private static TokenKey Private(string algorithm)
    {
        var (pkcs8, publicKey) = TokenKey.Generate(algorithm);
        return TokenKey.OfPrivate("0123456789abcdef", algorithm, pkcs8, publicKey, Now.AddDays(-1), DateTimeOffset.MaxValue);
    }

    private static AccessToken? Read(string text, TokenKey? key = null, DateTimeOffset? at = null)
    {
        var ring = new KeyRing();
        ring.Replace([key ?? Elliptic]);
        return new TokenReader(ring, TestNode.Issuer, TestNode.Audience, TimeSpan.FromSeconds(30)).Read(text, at ?? Now);
    }

    private static VerifiedTokens Memory(TokenReader reader, KeyRing ring) => new(reader, new global::Sluice.Auth.Revocation.RevocationList(), new global::Sluice.Auth.Revocation.Hearing(TimeSpan.Zero, needsDatabase: false, needsRedis: false), ring, new StoppedClock());

    private static string Write(Dictionary<string, object> header, Dictionary<string, object> claims, Func<byte[], byte[]>? sign = null)
    {
        var unsigned = $"{Encode(header)}.{Encode(claims)}";
        return $"{unsigned}.{Base64Url.EncodeToString((sign ?? (d => Elliptic.Sign(d)))(Encoding.ASCII.GetBytes(unsigned)))}";

        static string Encode(Dictionary<string, object> members) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(members));
    }

    private static Dictionary<string, object> With(Dictionary<string, object> members, string name, object? value)
    {
        var other = new Dictionary<string, object>(members);
        other.Remove(name);
        if (value is not null)
        {
            other[name] = value;
        }

        return other;
    }

    [Theory, InlineData("ES256"), InlineData("RS256"), InlineData("HS256")]
    public async Task A_token_of_each_algorithm_is_read_as_it_was_written(string algorithm)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => (o.Tokens.Algorithm, o.Tokens.HmacSecret) = (algorithm, "a secret of this test that is long enough"));

        var ada = await node.RegisterAsync();

        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
        var broken = ada.Access[..^10] + (ada.Access[^10] == 'A' ? 'B' : 'A') + ada.Access[^9..];
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(broken));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(null));
    }

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

    [Fact]
    public void Verifying_a_token_with_HS256_or_one_that_was_verified_before_leaves_nothing_on_the_heap()
    {
        var ring = new KeyRing();
        var key = TokenKey.OfSecret("a secret of more than 32 bytes, which it must have");
        ring.Replace([key]);
        var reader = new TokenReader(ring, TestNode.Issuer, TestNode.Audience, TimeSpan.FromSeconds(30));
        var token = Write(With(With(Header, "alg", "HS256"), "kid", key.Kid), Claims, d => key.Sign(d));
        var memory = Memory(reader, ring);

        Assert.Equal(0, Allocated(() => reader.IsValid(token, Now)));
        Assert.Equal(0, Allocated(() => memory.Verify(token) is not null));

        static long Allocated(Func<bool> verify)
        {
            // The first times make what is kept.
            for (var i = 0; i < 100; i++)
            {
                Assert.True(verify());
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            var all = true;
            for (var i = 0; i < 1000; i++)
            {
                all &= verify();
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(all);
            return allocated / 1000;
        }
    }

    [Fact]
    public void Thousands_of_tokens_in_use_are_remembered_at_the_same_time()
    {
        var ring = new KeyRing();
        ring.Replace([Elliptic]);
        var memory = Memory(new TokenReader(ring, TestNode.Issuer, TestNode.Audience, TimeSpan.FromSeconds(30)), ring);
        var tokens = Enumerable.Range(0, 2000).Select(i => Write(Header, With(Claims, "jti", $"{i}"))).ToList();
        var first = tokens.ConvertAll(t => memory.Verify(t));

        var again = tokens.ConvertAll(t => memory.Verify(t));

        // The very same object: it was not read anew.
        var anew = first.Zip(again).Count(p => !ReferenceEquals(p.First, p.Second));
        Assert.True(anew < 20, $"{anew} of 2000 were read anew");
    }

    [Fact]
    public void What_an_application_adds_to_the_caller_of_one_request_is_not_said_of_the_next()
    {
        var token = Read(Write(Header, Claims));
        token!.NewPrincipal().Identities.Single().AddClaim(new System.Security.Claims.Claim("role", "admin"));

        Assert.False(token.NewPrincipal().IsInRole("admin"));
    }

    [Fact]
    public async Task Bar_27_a_verified_request_sends_no_command_to_the_database()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Tokens.RevocationPoll = TimeSpan.FromHours(1));
        var ada = await node.RegisterAsync();
        var name = database.Name;
        var commands = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = a => Interlocked.Add(ref commands, Equals(a.GetTagItem("db.namespace") ?? a.GetTagItem("db.name"), name) ? 1 : 0),
        };
        ActivitySource.AddActivityListener(listener);

        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access, "me"));
        Assert.True(Volatile.Read(ref commands) > 0, "the counter does not see a command that was sent");

        // The node's own reading at its start may still be under way in the first round, and is over in the next.
        var fewest = int.MaxValue;
        for (var round = 0; round < 5 && fewest > 0; round++)
        {
            var before = Volatile.Read(ref commands);
            for (var i = 0; i < 50; i++)
            {
                Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
            }

            fewest = Math.Min(fewest, Volatile.Read(ref commands) - before);
        }

        Assert.Equal(0, fewest);
    }

    [Fact]
    public async Task Bar_29_a_new_key_is_published_before_it_signs_and_the_old_one_verifies_until_its_last_token_expired()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var one = await TestNode.StartAsync(database, clock: clock);
        await using var two = await TestNode.StartAsync(database, clock: clock);
        var old = await one.RegisterAsync();
        var (first, propagation) = (Kid(old.Access), TimeSpan.FromMinutes(10));

        await one.Get<StoredKeys>().RotateAsync(CancellationToken.None);
        await two.Get<StoredKeys>().TendAsync(CancellationToken.None);
        Assert.Equal(2, (await KeySetAsync(two)).Count);
        Assert.Equal(first, Kid((await one.LoginAsync()).Access));

        clock.Move(propagation);
        var fresh = await one.LoginAsync();
        Assert.NotEqual(first, Kid(fresh.Access));
        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(fresh.Access));
        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(old.Access));
        await using (var three = await TestNode.StartAsync(database, clock: clock))
        {
            Assert.Equal(HttpStatusCode.OK, await three.StatusAsync(old.Access));
        }

        clock.Move(TimeSpan.FromMinutes(62));
        await one.Get<StoredKeys>().TendAsync(CancellationToken.None);
        Assert.Equal([Kid(fresh.Access)], await KeySetAsync(one));
    }

    [Fact]
    public async Task Bar_29_many_nodes_that_start_at_once_share_one_key_and_it_is_sealed()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var nodes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TestNode.StartAsync(database)));

        var ada = await nodes[0].RegisterAsync();
        foreach (var node in nodes)
        {
            Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
            await node.DisposeAsync();
        }

        await using var command = database.Source.CreateCommand("SELECT count(*) FROM \"signing_keys\"");
        Assert.Equal(1L, await command.ExecuteScalarAsync());
        var refused = await Assert.ThrowsAsync<AuthSetupException>(() => TestNode.StartAsync(database, o => o.Secret = Convert.ToBase64String(new byte[32])));
        Assert.Contains("not sealed with this Secret", refused.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("ES256", "crv,kty,x,y"), InlineData("RS256", "e,kty,n")]
    public async Task Bar_30_the_key_set_has_only_public_parts_and_is_kept_for_less_long_than_a_key_waits(string algorithm, string members)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Tokens.Algorithm = algorithm);

        using var response = await node.SendAsync(HttpMethod.Get, "/.well-known/jwks.json");
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var key = json.RootElement.GetProperty("keys").EnumerateArray().Single();

        Assert.Equal(members.Split(',').Concat(["alg", "kid", "use"]).Order(StringComparer.Ordinal), key.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal));
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(TimeSpan.FromMinutes(5), response.Headers.CacheControl?.MaxAge);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/.well-known/jwks.json");
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var unchanged = await node.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        using var discovery = JsonDocument.Parse(await node.Client.GetStringAsync(new Uri("/.well-known/openid-configuration", UriKind.Relative)));
        Assert.Equal($"{TestNode.Issuer}/.well-known/jwks.json", discovery.RootElement.GetProperty("jwks_uri").GetString());
    }

    [Fact]
    public async Task Bar_31_a_token_says_nothing_of_the_person_and_is_small()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var ada = await node.RegisterAsync("lovelace@example.com", "countess");

        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(ada.Access.Split('.')[1]));

        Assert.InRange(ada.Access.Length, 300, 1535);
        Assert.All(["lovelace", "countess", "@"], known => Assert.DoesNotContain(known, payload, StringComparison.OrdinalIgnoreCase));
        foreach (var claim in new[] { "iss", "aud", "sub", "exp", "iat", "nbf", "jti", "client_id", "sid", "role", "aal" })
        {
            Assert.Contains($"\"{claim}\":", payload, StringComparison.Ordinal);
        }
    }

    private static string Kid(string token)
    {
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[0]));
        return header.RootElement.GetProperty("kid").GetString()!;
    }

    private static async Task<List<string>> KeySetAsync(TestNode node)
    {
        using var json = JsonDocument.Parse(await node.Client.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative)));
        return [.. json.RootElement.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()!)];
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
