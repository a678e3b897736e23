using System.Net;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests;

public sealed class OutageTests
{
    [Fact]
    public async Task Bar_66_without_its_database_a_node_still_verifies_and_says_that_it_cannot_sign_in()
    {
        var cluster = await TestCluster.StartThrowAwayAsync();
        var server = cluster.Connection();
        var url = $"postgresql://{server.Username}:{Uri.EscapeDataString(server.Password ?? "")}@{server.Host}:{server.Port}/postgres";
        await using var node = await TestNode.StartAsync(url, o => o.MigrateOnStart = true);
        var ada = await node.RegisterAsync();

        await cluster.StopAsync();

        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
        foreach (var (path, body) in new (string, object)[]
                 {
                     ("login", new { identifier = "ada@example.com", password = TestNode.Password }),
                     ("token/refresh", new { refreshToken = ada.Refresh }),
                     ("register", new { email = "eve@example.com", password = TestNode.Password }),
                 })
        {
            using var response = await node.PostAsync(path, body);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter);
            Assert.DoesNotContain("postgres", await response.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
        }

        await cluster.StartAsync();
        await node.RefreshAsync(ada.Refresh);
        await cluster.StopAsync();
    }
}
