using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Web;
using Xunit;

namespace Sluice.Auth.Tests.Sessions;

/// <summary>What becomes of a refresh token that two have.</summary>
public sealed class ReuseTests
{
    [Fact]
    public async Task Bar_34_reuse_ends_the_family_and_its_access_tokens_is_audited_and_the_host_hears_of_it()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var heard = new Heard();
        await using var node = await TestNode.StartAsync(database, host: h => h.Services.AddSingleton<IAuthEvents>(heard));
        var first = await node.RegisterAsync();
        var elsewhere = await node.LoginAsync();
        var second = await node.RefreshAsync(first.Refresh);
        var third = await node.RefreshAsync(second.Refresh);

        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(first.Refresh));

        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(third.Refresh));
        foreach (var ended in new[] { first, second, third })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(ended.Access));
        }

        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(elsewhere.Access));
        Assert.Equal(
            $"{first.UserId} 127.0.0.1",
            await database.QueryAsync("SELECT concat(\"userId\", ' ', \"ipAddress\") FROM audit_logs WHERE action = 'refresh_reuse_detected' AND \"oldValues\"->'sessions'->>0 = \"sessionId\"::text"));
        var told = Assert.Single(heard.Events, e => e.Action == "refresh_reuse_detected");
        Assert.Equal((first.UserId, "127.0.0.1"), (told.UserId, told.Ip));
    }

    [Fact]
    public async Task Without_a_window_a_first_refresh_still_is_no_reuse()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Sessions.ReplayWindow = TimeSpan.Zero);
        var tokens = await node.RegisterAsync();
        for (var i = 0; i < 20; i++)
        {
            tokens = await node.RefreshAsync(tokens.Refresh);
        }
    }

    private sealed class Heard : IAuthEvents
    {
        public ConcurrentQueue<AuthEvent> Events { get; } = [];

        public ValueTask HappenedAsync(AuthEvent happened, CancellationToken cancellation)
        {
            Events.Enqueue(happened);
            return ValueTask.CompletedTask;
        }
    }
}
