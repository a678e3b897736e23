using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Auth.Passwords;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Accounts;

public sealed partial class AccountTests
{
    [Fact]
    public async Task Who_registers_signs_in_by_address_or_by_name_in_whatever_case()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);

        var registered = await node.RegisterAsync("Ada@Example.com", "Ada.L");
        var byEmail = await node.LoginAsync(" ada@example.COM");
        var byName = await node.LoginAsync("ADA.l");

        Assert.Equal((registered.UserId, registered.UserId), (byEmail.UserId, byName.UserId));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(byEmail.Access));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(byName.Access, "me"));
    }

    [Fact]
    public async Task A_second_registration_makes_no_second_account_even_at_the_same_moment()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await TestNode.StartAsync(database);
        await using var two = await TestNode.StartAsync(database);

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => (i % 2 == 0 ? one : two).PostAsync("register", new { email = "ada@example.com", password = TestNode.Password })));

        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        Assert.Equal(15, answers.Count(a => a.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(1L, await CountAsync(database, "users"));
    }

    [Fact]
    public async Task Bar_13_every_failed_sign_in_looks_the_same()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        foreach (var name in new[] { "known", "disabled", "federated", "deleted" })
        {
            await node.RegisterAsync($"{name}@example.com");
        }

        await database.ExecuteAsync("""
            UPDATE "users" SET "isActive" = false WHERE "email" = 'disabled@example.com';
            UPDATE "users" SET "passwordHash" = NULL WHERE "email" = 'federated@example.com';
            UPDATE "users" SET "deletedAt" = now() WHERE "email" = 'deleted@example.com';
            """);

        var answers = new HashSet<string>();
        foreach (var (identifier, password) in new[]
                 {
                     ("unknown@example.com", TestNode.Password), ("known@example.com", "wrong"), ("known@example.com", ""), ("disabled@example.com", TestNode.Password),
                     ("federated@example.com", TestNode.Password), ("deleted@example.com", TestNode.Password), ("nobody", TestNode.Password), ("known@example.com", new string('x', 100_000)),
                 })
        {
            using var response = await node.PostAsync("login", new { identifier, password });
            var headers = response.Headers.Concat(response.Content.Headers).Where(h => h.Key is not "Date").OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}: {string.Join(',', h.Value)}");
            answers.Add($"{response.StatusCode}\n{string.Join('\n', headers)}\n{TraceId().Replace(await response.Content.ReadAsStringAsync(), "")}");
        }

        var only = Assert.Single(answers);
        Assert.StartsWith("Unauthorized", only, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"invalid_credentials\"", only, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bar_14_without_confirmation_at_once_a_known_address_gets_the_answer_of_a_new_one()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.AutoConfirm = false);
        var answers = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var response = await node.PostAsync("register", new { email = "ada@example.com", password = TestNode.Password });
            answers.Add($"{response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }

        Assert.Equal(["Accepted {\"status\":\"verification_sent\"}"], answers.Distinct());
        using (var early = await node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password }))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, early.StatusCode);
        }

        await database.ExecuteAsync("UPDATE \"users\" SET \"emailVerified\" = now()");
        await node.LoginAsync();
    }

    [Fact]
    public async Task Bar_07_a_sign_in_replaces_an_outdated_hash()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        await node.RegisterAsync();
        var old = PasswordHash.Make(TestNode.Password, new PasswordOptions { Algorithm = PasswordAlgorithm.Bcrypt, BcryptCost = 10 });
        await database.ExecuteAsync($"UPDATE \"users\" SET \"passwordHash\" = '{old}'");

        await node.LoginAsync();

        await using var command = database.Source.CreateCommand("SELECT \"passwordHash\" FROM \"users\"");
        Assert.StartsWith("$argon2id$", (string)(await command.ExecuteScalarAsync())!, StringComparison.Ordinal);
        await node.LoginAsync();
    }

    [Fact]
    public async Task Bar_10_another_password_needs_the_present_one_and_ends_the_other_sessions()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var here = await node.RegisterAsync();
        var elsewhere = await node.LoginAsync();
        const string Fresh = "another evening, elsewhere";

        await RefusedAsync(HttpStatusCode.Unauthorized, new { currentPassword = "not this one at all", newPassword = Fresh });
        await RefusedAsync(HttpStatusCode.UnprocessableEntity, new { currentPassword = TestNode.Password, newPassword = TestNode.Password });
        await RefusedAsync(HttpStatusCode.UnprocessableEntity, new { currentPassword = TestNode.Password, newPassword = "short" });
        await RefusedAsync(HttpStatusCode.NoContent, new { currentPassword = TestNode.Password, newPassword = Fresh });

        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(here.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(elsewhere.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(elsewhere.Refresh));
        await node.RefreshAsync(here.Refresh);
        await node.LoginAsync(password: Fresh);

        async Task RefusedAsync(HttpStatusCode expected, object body)
        {
            using var response = await node.PostAsync("me/password", body, here.Access);
            Assert.Equal(expected, response.StatusCode);
        }
    }

    [Fact]
    public async Task A_deleted_account_is_gone_at_once_and_its_address_may_register_again()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var first = await node.RegisterAsync(username: "ada");

        using (var deleted = await node.SendAsync(HttpMethod.Delete, "me", first.Access, new { currentPassword = TestNode.Password }))
        {
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(first.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(first.Refresh));
        var second = await node.RegisterAsync(username: "ada");
        Assert.NotEqual(first.UserId, second.UserId);
        Assert.Equal(2L, await CountAsync(database, "users"));
    }

    [Theory]
    [InlineData("""{"email":"ada@example.com","password":"a quiet evening at home","role":"admin"}""", "application/json", 400)]
    [InlineData("""{"email":"ada@example.com","password":"a quiet evening at home","email":"b@example.com"}""", "application/json", 400)]
    [InlineData("""{"email":"ada@example.com"}""", "application/json", 400)]
    [InlineData("""{"email":"ada@example.com","password":null}""", "application/json", 400)]
    [InlineData("""{"email":"ada@example.com","password":"a quiet evening at home"}""", "text/plain", 415)]
    [InlineData("""{"email":"ada @example.com","password":"a quiet evening at home"}""", "application/json", 422)]
    [InlineData("""{"email":"ada@example.com\r\nBcc: all@example.com","password":"a quiet evening at home"}""", "application/json", 422)]
    [InlineData("""["email"]""", "application/json", 400)]
    [InlineData("", "application/json", 400)]
    public async Task Bar_63_what_is_not_asked_for_is_refused_and_nothing_is_stored_or_cached(string body, string type, int expected)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        using var content = new StringContent(body, Encoding.UTF8, type);

        using var response = await node.Client.PostAsync(new Uri("/auth/v1/register", UriKind.Relative), content);

        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(0L, await CountAsync(database, "users"));
    }

    [Fact]
    public async Task A_route_that_is_switched_off_is_not_there()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.DisabledRoutes.Add(AuthRoutes.Register));

        using var response = await node.PostAsync("register", new { email = "ada@example.com", password = TestNode.Password });

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task An_application_s_own_tables_are_used_under_their_own_names()
    {
        await using var database = await TestDatabase.CreateAsync(Snake(TestNode.Migrations));
        await using var node = await TestNode.StartAsync(database, o =>
        {
            o.Tables.Columns = ColumnStyle.SnakeCase;
            o.Tables.Ids = IdKind.Cuid;
            o.Tables.Names["users"] = "accounts";
        });

        var ada = await node.RegisterAsync();
        var again = await node.RefreshAsync(ada.Refresh);
        using (var ended = await node.SendAsync(HttpMethod.Post, "logout", again.Access))
        {
            Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        }

        Assert.Matches("^c[0-9a-z]{24}$", ada.UserId);
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(again.Access));
        Assert.Equal(1L, await CountAsync(database, "accounts"));
    }

    private static string Snake(string sql) =>
        Camel().Replace(sql.Replace("public.users", "public.accounts", StringComparison.Ordinal).Replace("\"users\"", "\"accounts\"", StringComparison.Ordinal).Replace(" UUID", " TEXT", StringComparison.Ordinal), m => $"_{m.Value.ToLowerInvariant()}");

    private static async Task<long> CountAsync(TestDatabase database, string table)
    {
        await using var command = database.Source.CreateCommand($"SELECT count(*) FROM \"{table}\"");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    [GeneratedRegex("(?<=[a-z])[A-Z](?=[a-z])")]
    private static partial Regex Camel();

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex TraceId();
}
