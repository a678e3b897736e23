using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Sluice.Auth.Idempotency;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Idempotency;

/// <summary>Item 62 of the security bar, against draft-ietf-httpapi-idempotency-key-header-07.</summary>
public sealed class IdempotencyTests
{
    [Fact]
    public async Task An_answer_without_a_body_comes_again_as_it_was_and_the_connection_stays()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await IdempotentNode.StartAsync(database);
        node.Work = context =>
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        };

        for (var i = 0; i < 2; i++)
        {
            using var response = await node.PostAsync("/notes", "a-key");
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        }

        Assert.Equal(1, node.Ran);
        Assert.Empty(node.Failures);
    }

    [Fact]
    public async Task Bar_62_the_same_request_again_gets_the_first_answer_and_the_endpoint_ran_once()
    {
        await using var database = await DatabaseAsync();
        await using var node = await IdempotentNode.StartAsync(database);
        node.Work = context =>
        {
            context.Response.StatusCode = 201;
            context.Response.Headers.Location = "/orders/7";
            return context.Response.WriteAsync($"order {Guid.NewGuid()}");
        };

        using var first = await node.PostAsync("/orders", "\"8e03978e\"", "{\"item\":1}");
        using var again = await node.PostAsync("/orders", "8e03978e", "{\"item\":1}");

        Assert.Equal((1, HttpStatusCode.Created, HttpStatusCode.Created), (node.Ran, first.StatusCode, again.StatusCode));
        Assert.Equal(await BodyAsync(first), await BodyAsync(again));
        Assert.Equal(["/orders/7"], again.Headers.GetValues("Location"));
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(["true"], again.Headers.GetValues("Idempotency-Replayed"));
    }

    [Theory]
    [InlineData("/orders", null, HttpStatusCode.BadRequest, "idempotency_key_missing")]
    [InlineData("/orders", "", HttpStatusCode.BadRequest, "idempotency_key_malformed")]
    [InlineData("/orders", "\"\"", HttpStatusCode.BadRequest, "idempotency_key_malformed")]
    [InlineData("/notes", "a b", HttpStatusCode.BadRequest, "idempotency_key_malformed")]
    [InlineData("/notes", "one, two", HttpStatusCode.BadRequest, "idempotency_key_malformed")]
    public async Task Bar_62_a_key_that_is_missing_where_it_must_be_or_is_none_is_refused(string path, string? key, HttpStatusCode status, string code)
    {
        await using var database = await DatabaseAsync();
        await using var node = await IdempotentNode.StartAsync(database);

        using var refused = await node.PostAsync(path, key);

        await RefusedAsync(refused, status, code);
        Assert.Equal(0, node.Ran);
    }

    [Fact]
    public async Task Where_it_may_be_left_out_a_request_without_a_key_runs_each_time()
    {
        await using var database = await DatabaseAsync();
        await using var node = await IdempotentNode.StartAsync(database);

        using var first = await node.PostAsync("/notes", null);
        using var second = await node.PostAsync("/notes", null);
        using var plain = await node.PostAsync("/plain", "key");
        using var plainAgain = await node.PostAsync("/plain", "key");

        Assert.Equal(4, node.Ran);
        Assert.Equal(0L, await CountAsync(database));
    }

    [Fact]
    public async Task Bar_62_another_body_under_the_key_is_refused_and_the_first_answer_stays()
    {
        await using var database = await DatabaseAsync();
        await using var node = await IdempotentNode.StartAsync(database);
        using var first = await node.PostAsync("/orders", "k", "{\"item\":1}");

        using var other = await node.PostAsync("/orders", "k", "{\"item\":2}");
        using var again = await node.PostAsync("/orders", "k", "{\"item\":1}");

        await RefusedAsync(other, HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        Assert.Equal((1, await BodyAsync(first)), (node.Ran, await BodyAsync(again)));
    }

    [Fact]
    public async Task Bar_62_the_same_key_of_another_user_or_at_another_route_is_another_key()
    {
        await using var database = await DatabaseAsync();
        await using var node = await IdempotentNode.StartAsync(database);

        using var mine = await node.PostAsync("/orders", "k", user: "ann");
        using var theirs = await node.PostAsync("/orders", "k", user: "bob");
        using var elsewhere = await node.PostAsync("/notes", "k", user: "ann");

        Assert.Equal(3, node.Ran);
        Assert.Equal(3, new[] { await BodyAsync(mine), await BodyAsync(theirs), await BodyAsync(elsewhere) }.Distinct().Count());
    }

    [Fact]
    public async Task Bar_62_of_fifty_requests_at_once_on_two_nodes_one_runs_and_the_others_are_told_so()
    {
        await using var database = await DatabaseAsync();
        await using var one = await IdempotentNode.StartAsync(database);
        await using var two = await IdempotentNode.StartAsync(database);
        var go = new TaskCompletionSource();
        one.Work = two.Work = async context =>
        {
            await go.Task;
            await context.Response.WriteAsync("done");
        };

        var asked = Enumerable.Range(0, 50).Select(i => (i % 2 == 0 ? one : two).PostAsync("/orders", "k")).ToList();
        await Wait.UntilAsync(() => asked.Count(a => a.IsCompleted) == 49, "the others are not refused");
        go.SetResult();
        var answers = await Task.WhenAll(asked);

        Assert.Equal(1, one.Ran + two.Ran);
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        var told = answers.Where(a => a.StatusCode != HttpStatusCode.OK).ToList();
        Assert.Equal(49, told.Count);
        await RefusedAsync(told[0], HttpStatusCode.Conflict, "idempotency_key_in_flight");
        Assert.All(told, a => Assert.Equal(TimeSpan.FromSeconds(1), a.Headers.RetryAfter!.Delta));
        using var later = await two.PostAsync("/orders", "k");
        Assert.Equal("done", await BodyAsync(later));
    }

    [Fact]
    public async Task Bar_62_a_failure_of_the_server_is_not_kept_and_the_key_can_be_used_again()
    {
        await using var database = await DatabaseAsync();
        await using var node = await IdempotentNode.StartAsync(database);
        node.Work = context => { context.Response.StatusCode = 503; return Task.CompletedTask; };
        using var unavailable = await node.PostAsync("/orders", "k");
        node.Work = _ => throw new InvalidOperationException("a bug");
        using var broken = await node.PostAsync("/orders", "k");
        node.Work = context => { context.Response.StatusCode = 422; return context.Response.WriteAsync("no stock"); };
        using var refused = await node.PostAsync("/orders", "k");

        using var again = await node.PostAsync("/orders", "k");

        Assert.Equal([HttpStatusCode.ServiceUnavailable, HttpStatusCode.InternalServerError, HttpStatusCode.UnprocessableEntity], [unavailable.StatusCode, broken.StatusCode, refused.StatusCode]);
        Assert.Equal((3, "no stock"), (node.Ran, await BodyAsync(again)));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.UnsupportedMediaType)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task Bar_62_what_was_refused_before_it_was_looked_at_is_not_kept(HttpStatusCode status)
    {
        await using var database = await DatabaseAsync();
        await using var node = await IdempotentNode.StartAsync(database);
        node.Work = context => { context.Response.StatusCode = (int)status; return Task.CompletedTask; };
        using var refused = await node.PostAsync("/orders", "k");
        Assert.Equal((status, 0L), (refused.StatusCode, await CountAsync(database)));

        node.Work = context => context.Response.WriteAsync("done");
        using var later = await node.PostAsync("/orders", "k");

        Assert.Equal((HttpStatusCode.OK, "done"), (later.StatusCode, await BodyAsync(later)));
    }

    [Fact]
    public async Task Bar_62_a_client_without_a_user_leaves_only_so_many_answers()
    {
        await using var database = await DatabaseAsync();
        await using var node = await IdempotentNode.StartAsync(database, o => o.RateLimits.AnonymousKeysPerClient = new RateLimit(2, TimeSpan.FromHours(1)));
        using var one = await node.PostAsync("/orders", "k1");
        using var two = await node.PostAsync("/orders", "k2");

        using var three = await node.PostAsync("/orders", "k3");
        using var signedIn = await node.PostAsync("/orders", "k3", user: "ann");

        await RefusedAsync(three, HttpStatusCode.TooManyRequests, "too_many_requests");
        Assert.Equal((HttpStatusCode.OK, 3, 3L), (signedIn.StatusCode, node.Ran, await CountAsync(database)));
    }

    [Fact]
    public async Task Bar_62_an_answer_with_tokens_lies_sealed_in_the_table_and_another_one_in_the_clear()
    {
        await using var database = await DatabaseAsync();
        await using var node = await IdempotentNode.StartAsync(database);
        node.Work = context =>
        {
            context.Response.Headers.CacheControl = "no-store";
            return context.Response.WriteAsync("{\"refreshToken\":\"canary-7f3a\"}");
        };
        using var first = await node.PostAsync("/orders", "secret");
        using var again = await node.PostAsync("/orders", "secret");
        node.Work = context => context.Response.WriteAsync("open");
        using var open = await node.PostAsync("/orders", "open");

        var kept = (string)(await database.QueryAsync("""SELECT "responseBodyJson" FROM idempotency_records WHERE key = '-:secret'"""))!;
        Assert.StartsWith("sealed:", kept, StringComparison.Ordinal);
        Assert.Contains("canary-7f3a", await BodyAsync(again), StringComparison.Ordinal);
        Assert.Equal(["no-store"], again.Headers.GetValues("Cache-Control"));
        Assert.Equal("open", await database.QueryAsync("""SELECT convert_from(decode("responseBodyJson"::json ->> 'body', 'base64'), 'UTF8') FROM idempotency_records WHERE key = '-:open'"""));

        // Moved to another row, it does not open.
        await database.QueryAsync("""UPDATE idempotency_records SET "responseBodyJson" = (SELECT "responseBodyJson" FROM idempotency_records WHERE key = '-:secret') WHERE key = '-:open'""");
        using var moved = await node.PostAsync("/orders", "open");
        await RefusedAsync(moved, HttpStatusCode.Conflict, "idempotency_key_unreadable");
    }

    [Fact]
    public async Task Bar_62_another_Secret_opens_an_answer_by_the_one_before_and_without_it_says_that_it_cannot()
    {
        await using var database = await DatabaseAsync();
        await using var node = await IdempotentNode.StartAsync(database);
        node.Work = context =>
        {
            context.Response.Headers.CacheControl = "no-store";
            return context.Response.WriteAsync("the first answer");
        };
        using var first = await node.PostAsync("/orders", "secret");
        const string Next = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU=";
        await using var without = await IdempotentNode.StartAsync(database, o => o.Secret = Next);
        await using var with = await IdempotentNode.StartAsync(database, o =>
        {
            o.PreviousSecrets.Add(o.Secret);
            o.Secret = Next;
        });

        using var unreadable = await without.PostAsync("/orders", "secret");
        using var again = await with.PostAsync("/orders", "secret");

        await RefusedAsync(unreadable, HttpStatusCode.Conflict, "idempotency_key_unreadable");
        Assert.Equal(("the first answer", 0, 0), (await BodyAsync(again), without.Ran, with.Ran));
    }

    [Fact]
    public async Task Bar_62_the_key_of_a_killed_node_is_free_when_its_lease_has_run_out_and_what_that_node_says_late_is_not_kept()
    {
        await using var database = await DatabaseAsync();
        await using var auth = new AuthDatabase(Options.Create(new SluiceAuthOptions { DatabaseUrl = database.Url }), TimeProvider.System);
        var store = new IdempotencyStore(auth);
        var request = new RequestKey("-:k", "POST /orders", "hash", null, null, null);
        var killed = Assert.IsType<Claim.Taken>(await store.ClaimAsync(request, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.IsType<Claim.Held>(await store.ClaimAsync(request, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        await database.QueryAsync("""UPDATE idempotency_records SET "expiresAt" = now()""");

        var next = Assert.IsType<Claim.Taken>(await store.ClaimAsync(request, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));

        Assert.False(await store.RenewAsync(killed.Id, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.False(await store.CompleteAsync(killed.Id, 200, "late", TimeSpan.FromHours(1), TestContext.Current.CancellationToken));
        Assert.True(await store.CompleteAsync(next.Id, 200, "{}", TimeSpan.FromHours(1), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Bar_62_a_request_that_takes_longer_than_its_lease_keeps_its_key()
    {
        await using var database = await DatabaseAsync();
        await using var node = await IdempotentNode.StartAsync(database, o => o.Idempotency.Lease = TimeSpan.FromSeconds(6));
        var go = new TaskCompletionSource();
        node.Work = async context =>
        {
            await go.Task;
            await context.Response.WriteAsync("slow");
        };
        var slow = node.PostAsync("/orders", "k");
        await Wait.UntilAsync(async () => Equals(1L, await CountAsync(database)), "the key is not claimed");
        var until = (DateTime)(await database.QueryAsync("""SELECT "expiresAt" FROM idempotency_records"""))!;

        await Wait.UntilAsync(async () => (DateTime)(await database.QueryAsync("""SELECT "expiresAt" FROM idempotency_records"""))! > until, "the lease is not renewed");

        using var second = await node.PostAsync("/orders", "k");
        await RefusedAsync(second, HttpStatusCode.Conflict, "idempotency_key_in_flight");
        go.SetResult();
        using var answer = await slow;
        Assert.Equal((1, "slow"), (node.Ran, await BodyAsync(answer)));
    }

    [Fact]
    public async Task A_body_above_the_limit_is_refused_before_anything_is_kept()
    {
        await using var database = await DatabaseAsync();
        await using var node = await IdempotentNode.StartAsync(database, o => o.Idempotency.MaximumBody = 1000);

        using var refused = await node.PostAsync("/orders", "k", new string('x', 1001));

        await RefusedAsync(refused, HttpStatusCode.RequestEntityTooLarge, "request_too_large");
        Assert.Equal((0, 0L), (node.Ran, await CountAsync(database)));
    }

    [Fact]
    public async Task Without_the_database_nothing_runs_that_might_have_run_before()
    {
        await using var database = await DatabaseAsync();
        await using var node = await IdempotentNode.StartAsync(database, o => o.DatabaseUrl = "postgresql://nobody@127.0.0.1:1/none");

        using var refused = await node.PostAsync("/orders", "k");

        await RefusedAsync(refused, HttpStatusCode.ServiceUnavailable, "unavailable");
        Assert.Equal(0, node.Ran);
    }

    [Fact]
    public async Task Bar_62_a_key_whose_answer_has_expired_is_new_again()
    {
        await using var database = await DatabaseAsync();
        await using var node = await IdempotentNode.StartAsync(database);
        using var first = await node.PostAsync("/orders", "k", "{\"item\":1}");
        await database.QueryAsync("""UPDATE idempotency_records SET "expiresAt" = now()""");

        using var other = await node.PostAsync("/orders", "k", "{\"item\":2}");

        Assert.Equal((2, HttpStatusCode.OK), (node.Ran, other.StatusCode));
    }

    private static Task<TestDatabase> DatabaseAsync() => TestNode.NewDatabaseAsync();

    private static Task<object?> CountAsync(TestDatabase database) => database.QueryAsync("SELECT count(*) FROM idempotency_records");

    private static Task<string> BodyAsync(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private static async Task RefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        Assert.Equal(status, answer.StatusCode);
        using var problem = JsonDocument.Parse(await BodyAsync(answer));
        Assert.Equal(code, problem.RootElement.GetProperty("code").GetString());
    }
}
