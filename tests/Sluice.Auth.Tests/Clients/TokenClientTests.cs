using System.Text.Json;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Clients;

/// <summary>jose and oauth4webapi, as published, accept our tokens by discovery and key set, and refuse what they should.</summary>
public sealed class TokenClientTests(TokenClientTests.Answers answers) : IClassFixture<TokenClientTests.Answers>
{
    private const string Secret = "a secret of this test that is long enough";

    [Theory]
    [InlineData("ES256", "jose"), InlineData("ES256", "oauth4webapi"), InlineData("RS256", "jose"), InlineData("RS256", "oauth4webapi"), InlineData("HS256", "jose")]
    public void A_token_of_a_registration_a_sign_in_and_a_refresh_is_accepted_with_its_claims(string algorithm, string client)
    {
        PublishedClients.Require();
        foreach (var name in new[] { "registered", "signedIn", "refreshed" })
        {
            var claims = answers.Of(algorithm, name, client);

            Assert.Equal(JsonValueKind.Object, claims.ValueKind);
            Assert.Equal(TestNode.Issuer, claims.GetProperty("iss").GetString());
            Assert.Equal(answers.UserId(algorithm), claims.GetProperty("sub").GetString());
            Assert.Equal("first-party", claims.GetProperty("client_id").GetString());
        }
    }

    [Theory]
    [InlineData("ES256", "jose", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"), InlineData("ES256", "oauth4webapi", "OAUTH_INVALID_RESPONSE")]
    [InlineData("RS256", "jose", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"), InlineData("RS256", "oauth4webapi", "OAUTH_INVALID_RESPONSE")]
    [InlineData("HS256", "jose", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED")]
    public void A_token_with_another_signature_is_refused(string algorithm, string client, string code) => Assert.Equal(code, Refusal(algorithm, "forged", client));

    [Theory]
    [InlineData("ES256", "joseOtherAudience", "ERR_JWT_CLAIM_VALIDATION_FAILED"), InlineData("ES256", "oauth4webapiOtherAudience", "OAUTH_JWT_CLAIM_COMPARISON_FAILED")]
    [InlineData("RS256", "joseOtherAudience", "ERR_JWT_CLAIM_VALIDATION_FAILED"), InlineData("HS256", "joseOtherAudience", "ERR_JWT_CLAIM_VALIDATION_FAILED")]
    public void A_token_for_us_is_refused_by_another_service(string algorithm, string client, string code) => Assert.Equal(code, Refusal(algorithm, "signedIn", client));

    [Theory]
    [InlineData("ES256", "joseLater", "ERR_JWT_EXPIRED"), InlineData("ES256", "oauth4webapiLater", "OAUTH_JWT_TIMESTAMP_CHECK_FAILED")]
    [InlineData("RS256", "joseLater", "ERR_JWT_EXPIRED"), InlineData("HS256", "joseLater", "ERR_JWT_EXPIRED")]
    public void A_token_is_refused_when_its_hour_is_over(string algorithm, string client, string code) => Assert.Equal(code, Refusal(algorithm, "signedIn", client));

    [Theory, InlineData("jose"), InlineData("oauth4webapi")]
    public void A_refresh_token_is_no_token_to_them(string client)
    {
        PublishedClients.Require();
        Assert.Equal(JsonValueKind.String, answers.Of("ES256", "refreshToken", client).ValueKind);
    }

    [Fact]
    public void They_found_everything_by_the_issuer_alone()
    {
        PublishedClients.Require();
        Assert.Equal(
            new[] { "jwks.json", "oauth-authorization-server", "openid-configuration" }.Select(d => $"{TestNode.Issuer}/.well-known/{d}"),
            answers.Asked("ES256").Distinct().Order(StringComparer.Ordinal));
    }

    private string? Refusal(string algorithm, string token, string client)
    {
        PublishedClients.Require();
        return answers.Of(algorithm, token, client).GetString();
    }

    /// <summary>Three services, their tokens, and what one process with both clients said of them.</summary>
    public sealed class Answers : IAsyncLifetime
    {
        private readonly Dictionary<string, string> users = [];
        private JsonElement answer;

        public JsonElement Of(string algorithm, string token, string client) => answer.GetProperty(algorithm).GetProperty(token).GetProperty(client);

        public string UserId(string algorithm) => users[algorithm];

        public IEnumerable<string> Asked(string algorithm) => answer.GetProperty(algorithm).GetProperty("asked").EnumerateArray().Select(a => a.GetString()!);

        public async ValueTask InitializeAsync()
        {
            if (!PublishedClients.AreHere)
            {
                return;
            }

            await using var database = await TestNode.NewDatabaseAsync();
            await using var elliptic = await StartAsync(database, "ES256");
            await using var rsa = await StartAsync(database, "RS256");
            await using var shared = await StartAsync(database, "HS256");
            answer = await PublishedClients.AskAsync("tokens.mjs", new
            {
                issuer = TestNode.Issuer,
                audience = TestNode.Audience,
                services = new[] { await ServiceAsync(elliptic, "ES256"), await ServiceAsync(rsa, "RS256"), await ServiceAsync(shared, "HS256") },
            });
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static Task<TestNode> StartAsync(Sluice.Tests.Support.TestDatabase database, string algorithm) =>
            TestNode.StartAsync(database, o => (o.Tokens.Algorithm, o.Tokens.HmacSecret) = (algorithm, Secret));

        private async Task<object> ServiceAsync(TestNode node, string algorithm)
        {
            var email = $"{algorithm}@example.com";
            var registered = await node.RegisterAsync(email);
            var signedIn = await node.LoginAsync(email);
            var refreshed = await node.RefreshAsync(signedIn.Refresh);
            users[algorithm] = registered.UserId;
            var signature = signedIn.Access.LastIndexOf('.') + 1;
            return new
            {
                name = algorithm,
                address = node.Client.BaseAddress!.ToString().TrimEnd('/'),
                secret = algorithm == "HS256" ? Secret : null,
                tokens = new
                {
                    registered = registered.Access,
                    signedIn = signedIn.Access,
                    refreshed = refreshed.Access,
                    forged = signedIn.Access[..signature] + registered.Access[(registered.Access.LastIndexOf('.') + 1)..],
                    refreshToken = refreshed.Refresh,
                },
            };
        }
    }
}
