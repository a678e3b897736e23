using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using Sluice.Auth.AllowList;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Tests.Web;
using Sluice.Auth.Web;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Administration;

/// <summary>Whatever an administrator changes, tomorrow too, with an `Idempotency-Key`.</summary>
public sealed partial class KeyedRequestTests
{
    internal const string Entry = "@elsewhere.net";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_refused_where_it_is_none_while_its_request_is_under_way_and_for_another_request()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, RefusalsTests.Everything);
        var admin = await Staff.AdministratorAsync(node, database, "root@example.com");
        var endpoints = node.AuthEndpoints.Where(e => Name(e) is var name && name.StartsWith("admin-", StringComparison.Ordinal) && AuthRoutes.Idempotent.Contains(name)).ToList();
        Assert.True(endpoints.Count >= 15, $"{endpoints.Count} routes");

        foreach (var endpoint in endpoints)
        {
            await node.Get<AllowListAdministration>().AllowAsync(Entry, cancellation: Cancellation);
            var id = await Staff.AccountAsync(database, $"{Guid.NewGuid():N}@example.com");
            await database.ExecuteAsync($"UPDATE users SET \"deletedAt\" = now() WHERE id = '{id}' AND {Name(endpoint) == AuthRoutes.AdminRestoreUser}");
            var path = Parameter().Replace("/" + endpoint.RoutePattern.RawText!.TrimStart('/'), m => m.Value == "{entry}" ? Entry : id);
            var (key, body) = (Guid.NewGuid().ToString(), Body(Name(endpoint)));

            Assert.Equal((path, "400 idempotency_key_malformed"), (path, await AskAsync(endpoint, path, body, "no, key")));
            Assert.Equal((path, "413 request_too_large"), (path, await AskAsync(endpoint, path, new { text = new string('x', 2 << 20) }, key)));
            Task<string> first;
            await using (var connection = await database.Source.OpenConnectionAsync(Cancellation))
            await using (var transaction = await connection.BeginTransactionAsync(Cancellation))
            {
                await using var hold = new NpgsqlCommand("LOCK TABLE users, allowlist, signing_keys IN ACCESS EXCLUSIVE MODE", connection, transaction);
                await hold.ExecuteNonQueryAsync(Cancellation);
                first = AskAsync(endpoint, path, body, key);
                await Wait.UntilAsync(async () => first.IsCompleted || (long)(await database.QueryAsync("SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"))! > 0, $"{path} does not wait");
                Assert.False(first.IsCompleted, path);
                Assert.Equal((path, "409 idempotency_key_in_flight"), (path, await AskAsync(endpoint, path, body, key)));
                await transaction.RollbackAsync(Cancellation);
            }

            Assert.Matches("^2", await first);
            Assert.Equal((path, "422 idempotency_key_reused"), (path, await AskAsync(endpoint, path, new { another = path }, key)));
        }

        async Task<string> AskAsync(RouteEndpoint endpoint, string path, object? body, string key)
        {
            using var request = new HttpRequestMessage(new HttpMethod(endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0]), path) { Content = body is null ? null : JsonContent.Create(body) };
            request.Headers.Authorization = new("Bearer", admin.Access);
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
            // So that a long body is refused before it is sent.
            request.Headers.ExpectContinue = body is not null;
            using var response = await node.Client.SendAsync(request, Cancellation);
            var said = await response.Content.ReadAsStringAsync(Cancellation);
            return $"{(int)response.StatusCode} {(response.IsSuccessStatusCode ? "" : JsonNode.Parse(said)!["code"])}";
        }
    }

    /// <summary>What does something for somebody who is there; null where no body is needed.</summary>
    internal static object? Body(string route) => route switch
    {
        AuthRoutes.AdminCreateUser or AuthRoutes.AdminInvite => new { email = $"{Guid.NewGuid():N}@example.com" },
        AuthRoutes.AdminUpdateUser => new { displayName = "Ada" },
        AuthRoutes.AdminSetRoles => new { roles = new[] { "MODERATOR" } },
        AuthRoutes.AdminAllow => new { entry = $"{Guid.NewGuid():N}@example.com" },
        AuthRoutes.AdminLockUser or AuthRoutes.AdminRestoreUser => new { },
        _ => null,
    };

    private static string Name(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<RouteName>()!.Name;

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
