using System.Buffers.Text;
using System.Net;
using System.Text;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Tokens;

public sealed class TokenTests
{
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
}
