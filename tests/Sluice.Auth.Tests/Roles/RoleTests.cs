using System.Globalization;
using System.Net;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Roles;
using Sluice.Auth.Sessions;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Revocation;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Roles;

public sealed class RoleTests
{
    private static readonly RoleScope Room = new("room", "42");

    [Theory]
    [InlineData(false, "room:42:MEMBER")]
    [InlineData(false, "org:7:OWNER")]
    [InlineData(true, "room:42:MEMBER", "org:7:OWNER")]
    public async Task A_policy_of_two_scoped_roles_asks_for_both(bool mayEnter, params string[] held)
    {
        await using var services = new ServiceCollection().AddLogging().AddAuthorization().BuildServiceProvider();
        var policy = new AuthorizationPolicyBuilder().RequireScopedRole("room", "room", "MEMBER").RequireScopedRole("org", "org", "OWNER").Build();
        var request = new DefaultHttpContext { RequestServices = services };
        (request.Request.RouteValues["room"], request.Request.RouteValues["org"]) = ("42", "7");
        var user = new ClaimsPrincipal(new ClaimsIdentity(held.Select(h => new Claim("scoped_role", h)), "test"));

        Assert.Equal(mayEnter, (await services.GetRequiredService<IAuthorizationService>().AuthorizeAsync(user, request, policy)).Succeeded);
    }

    [Fact]
    public async Task Bar_28_a_role_holds_with_the_next_refresh_and_no_token_of_before_holds_anywhere()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        // The poll does not help: what is heard is what counts.
        await using var one = await TestNode.StartAsync(database, o => o.Tokens.RevocationPoll = TimeSpan.FromHours(1));
        await using var two = await TestNode.StartAsync(database, o => o.Tokens.RevocationPoll = TimeSpan.FromHours(1));
        await RevocationTests.ListeningAsync(database, 2);
        var ada = await one.RegisterAsync();
        var eve = await one.RegisterAsync("eve@example.com");
        Assert.Equal(HttpStatusCode.Forbidden, await two.StatusAsync(ada.Access, "/organizers"));

        Assert.Equal(RoleOutcome.Changed, await one.Get<RoleAdministration>().GrantAsync(ada.UserId, "ORGANIZER", by: eve.UserId, cancellation: TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.Unauthorized, await one.StatusAsync(ada.Access));
        await RevocationTests.RefusedSoonAsync(two, ada.Access);
        var organizer = await two.RefreshAsync(ada.Refresh);
        Assert.Equal(ada.Claim("sid"), organizer.Claim("sid"));
        Assert.Equal(("user", "user,ORGANIZER"), (organizer.Claim("role"), Listed(organizer, "roles")));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], await Task.WhenAll(one.StatusAsync(organizer.Access, "/organizers"), two.StatusAsync(organizer.Access, "/organizers")));
        // Another sign-in of the same account has it as well; another's account goes on.
        Assert.Equal(HttpStatusCode.OK, await one.StatusAsync((await one.LoginAsync()).Access, "/organizers"));
        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(eve.Access));

        Assert.Equal(RoleOutcome.AsBefore, await one.Get<RoleAdministration>().GrantAsync(ada.UserId, "ORGANIZER", cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.OK, await one.StatusAsync(organizer.Access, "/organizers"));
        Assert.Equal(RoleOutcome.Changed, await two.Get<RoleAdministration>().RevokeAsync(ada.UserId, "ORGANIZER", cancellation: TestContext.Current.CancellationToken));
        await RevocationTests.RefusedSoonAsync(one, organizer.Access);
        var plain = await one.RefreshAsync(organizer.Refresh);
        Assert.Equal(HttpStatusCode.Forbidden, await one.StatusAsync(plain.Access, "/organizers"));
        // What was so once is not what it is again: the first token stays refused.
        Assert.Equal(HttpStatusCode.Unauthorized, await one.StatusAsync(ada.Access));
        Assert.Equal(3L, await database.QueryAsync("SELECT count(*) FROM sessions"));

        // Who, what it was and what it became; the one that changed nothing is not there.
        Assert.Equal($"role_granted {eve.UserId} {ada.UserId} {{\"roles\": [\"user\"]}} {{\"roles\": [\"user\", \"ORGANIZER\"]}}\nrole_revoked  {ada.UserId} {{\"roles\": [\"user\", \"ORGANIZER\"]}} {{\"roles\": [\"user\"]}}", await database.QueryAsync(
            """SELECT string_agg(concat_ws(' ', action, COALESCE("userId"::text, ''), "resourceId", "oldValues", "newValues"), E'\n' ORDER BY id) FROM audit_logs WHERE action LIKE 'role%'"""));
    }

    [Fact]
    public async Task Bar_28_a_token_that_was_begun_before_a_change_is_refused_whenever_it_was_signed()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var ada = await node.RegisterAsync();
        var roles = node.Get<RoleAdministration>();
        await roles.GrantAsync(ada.UserId, "ADMIN", cancellation: TestContext.Current.CancellationToken);
        await roles.GrantAsync((await node.RegisterAsync("eve@example.com")).UserId, "ADMIN", cancellation: TestContext.Current.CancellationToken);
        var read = (await node.Get<Sluice.Auth.Accounts.AccountStore>().GetAsync(ada.UserId, TestContext.Current.CancellationToken))!;
        Assert.Contains("ADMIN", read.User.Roles.Everywhere);

        // A sign-in that has looked at the account, and is slow.
        await roles.RevokeAsync(ada.UserId, "ADMIN", cancellation: TestContext.Current.CancellationToken);
        var late = await node.Get<SessionIssuer>().PrepareAsync(read.User, read.PasswordHash, null, new Client(null, null, "late"));

        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(late.Tokens.AccessToken));
        // An application that writes its own column says so.
        var plain = await node.LoginAsync();
        await database.ExecuteAsync("UPDATE users SET role = 'ORGANIZER' WHERE email = 'ada@example.com'");
        Assert.Equal(HttpStatusCode.Forbidden, await node.StatusAsync(plain.Access, "/organizers"));
        Assert.True(await roles.ChangedAsync(ada.UserId, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(plain.Access));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync((await node.RefreshAsync(plain.Refresh)).Access, "/organizers"));
    }

    [Fact]
    public async Task A_role_in_one_room_opens_that_room_and_ends_when_it_was_to_end()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var ada = await node.RegisterAsync();
        var roles = node.Get<RoleAdministration>();
        var until = clock.GetUtcNow() + TimeSpan.FromMinutes(10);
        await roles.GrantAsync(ada.UserId, "ORGANIZER", Room, until, cancellation: TestContext.Current.CancellationToken);
        await roles.GrantAsync(ada.UserId, "VIEWER", new("room", "43"), cancellation: TestContext.Current.CancellationToken);

        var organizer = await node.RefreshAsync(ada.Refresh);

        Assert.Equal("room:43:VIEWER,room:42:ORGANIZER", Listed(organizer, "scoped_roles"));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(organizer.Access, "/rooms/42"));
        Assert.Equal(HttpStatusCode.Forbidden, await node.StatusAsync(organizer.Access, "/rooms/43"));
        Assert.Equal(HttpStatusCode.Forbidden, await node.StatusAsync(organizer.Access, "/rooms/4"));
        Assert.Equal(HttpStatusCode.Forbidden, await node.StatusAsync(organizer.Access, "/rooms/42%20"));
        Assert.Equal(HttpStatusCode.Forbidden, await node.StatusAsync(organizer.Access, "/organizers"));
        Assert.Equal(["user", "ORGANIZER room:42", "VIEWER room:43"], (await roles.ListAsync(ada.UserId, TestContext.Current.CancellationToken))!.Select(r => r.Scope is { } s ? $"{r.Role} {s.Kind}:{s.Id}" : r.Role));

        // Its token ends before the role does, by what clocks may be apart; afterwards there is none with it.
        Assert.InRange(Expiry(organizer), until.ToUnixTimeSeconds() - 31, until.ToUnixTimeSeconds() - 29);
        clock.Move(TimeSpan.FromMinutes(5));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(organizer.Access, "/rooms/42"));
        clock.Move(TimeSpan.FromMinutes(5));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(organizer.Access, "/rooms/42"));
        var later = await node.RefreshAsync(organizer.Refresh);
        Assert.Equal("room:43:VIEWER", Listed(later, "scoped_roles"));
        Assert.Equal(HttpStatusCode.Forbidden, await node.StatusAsync(later.Access, "/rooms/42"));
        await node.Get<Sluice.Auth.Upkeep.UpkeepJobs>().RunGroupAsync("tokens", TestContext.Current.CancellationToken);
        Assert.Equal("VIEWER", await database.QueryAsync("SELECT string_agg(role, ' ') FROM role_grants"));
    }

    [Theory, InlineData("ES256"), InlineData("RS256")]
    public async Task Bar_31_roles_that_have_no_place_in_a_token_are_asked_for_where_they_count(string algorithm)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Tokens.Algorithm = algorithm);
        var ada = await node.RegisterAsync();
        await node.Get<RoleAdministration>().GrantAsync(ada.UserId, "VIEWER", cancellation: TestContext.Current.CancellationToken);
        await database.ExecuteAsync($"""
            INSERT INTO role_grants ("userId", "scopeKind", "scopeId", role, "grantedAt")
            SELECT '{ada.UserId}', 'room', md5(i::text), CASE WHEN i % 2 = 0 THEN 'MODERATOR' ELSE 'VIEWER' END, now() - i * interval '1 minute' FROM generate_series(1, 300) i
            """);

        var full = await node.RefreshAsync(ada.Refresh);

        Assert.InRange(full.Access.Length, 1400, 1535);
        var (newest, oldest) = (Md5("2"), Md5("300"));
        Assert.Contains($"room:{newest}:MODERATOR", Listed(full, "scoped_roles"), StringComparison.Ordinal);
        Assert.DoesNotContain(oldest, Listed(full, "scoped_roles"), StringComparison.Ordinal);
        Assert.Contains("VIEWER", Listed(full, "roles"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(full.Access, $"/rooms/{newest}"));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(full.Access, $"/rooms/{oldest}"));
        Assert.Equal(HttpStatusCode.Forbidden, await node.StatusAsync(full.Access, $"/rooms/{Md5("299")}"));
        // A service without the database has only the token to go by.
        await using var service = await ResourceServer.StartAsync(node);
        Assert.Equal(HttpStatusCode.OK, await service.SoonAsync(full.Access, $"/rooms/{newest}"));
        Assert.Equal(HttpStatusCode.Forbidden, await service.StatusAsync(full.Access, $"/rooms/{oldest}"));
        Assert.Equal(HttpStatusCode.Forbidden, await service.StatusAsync(full.Access, "/organizers"));
    }

    [Fact]
    public async Task The_last_administrator_keeps_the_role_also_when_two_take_it_from_each_other_at_once()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await TestNode.StartAsync(database);
        await using var two = await TestNode.StartAsync(database);
        var (ada, eve) = (await one.RegisterAsync(), await one.RegisterAsync("eve@example.com"));
        var (here, there) = (one.Get<RoleAdministration>(), two.Get<RoleAdministration>());
        Assert.Equal(RoleOutcome.Changed, await here.GrantAsync(ada.UserId, "ADMIN", cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(RoleOutcome.LastAdministrator, await here.RevokeAsync(ada.UserId, "ADMIN", cancellation: TestContext.Current.CancellationToken));
        // One whose role ends by itself would leave none.
        await here.GrantAsync(eve.UserId, "ADMIN", until: DateTimeOffset.UtcNow.AddDays(1), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(RoleOutcome.LastAdministrator, await here.RevokeAsync(ada.UserId, "ADMIN", cancellation: TestContext.Current.CancellationToken));

        for (var i = 0; i < 20; i++)
        {
            await here.GrantAsync(ada.UserId, "ADMIN", cancellation: TestContext.Current.CancellationToken);
            await here.GrantAsync(eve.UserId, "ADMIN", cancellation: TestContext.Current.CancellationToken);
            var outcomes = await Task.WhenAll(
                here.RevokeAsync(eve.UserId, "ADMIN", by: ada.UserId, cancellation: TestContext.Current.CancellationToken),
                there.RevokeAsync(ada.UserId, "ADMIN", by: eve.UserId, cancellation: TestContext.Current.CancellationToken));
            Assert.Equal([RoleOutcome.Changed, RoleOutcome.LastAdministrator], outcomes.Order());
            Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM role_grants WHERE role = 'ADMIN'"));
        }
    }

    [Fact]
    public async Task Nobody_gives_a_role_to_themselves_and_what_is_no_role_is_not_given()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var (ada, eve) = (await node.RegisterAsync(), await node.RegisterAsync("eve@example.com"));
        var roles = node.Get<RoleAdministration>();
        var cancellation = TestContext.Current.CancellationToken;
        await roles.GrantAsync(ada.UserId, "ADMIN", cancellation: cancellation);
        await roles.GrantAsync(eve.UserId, "ADMIN", cancellation: cancellation);
        await roles.GrantAsync(eve.UserId, "VIEWER", cancellation: cancellation);

        Assert.Equal(RoleOutcome.Own, await roles.GrantAsync(eve.UserId, "ORGANIZER", Room, by: eve.UserId, cancellation: cancellation));
        Assert.Equal(RoleOutcome.Own, await roles.RevokeAsync(eve.UserId, "ADMIN", by: eve.UserId, cancellation: cancellation));
        Assert.Equal(RoleOutcome.Changed, await roles.RevokeAsync(eve.UserId, "VIEWER", by: eve.UserId, cancellation: cancellation));
        foreach (var (role, scope) in new (string, RoleScope?)[] { ("OWNER", null), ("admin", null), ("", null), ("ADMIN ", null), ("VIEWER", new("Room", "1")), ("VIEWER", new("room", "")), ("VIEWER", new("room", "1\u001f2")), ("VIEWER", new("", "1")), ("VIEWER", new("room", new string('x', 65))) })
        {
            Assert.Equal(RoleOutcome.NotARole, await roles.GrantAsync(eve.UserId, role, scope, cancellation: cancellation));
        }

        Assert.Equal(RoleOutcome.NotARole, await roles.GrantAsync(eve.UserId, "VIEWER", until: DateTimeOffset.UtcNow.AddMinutes(-1), cancellation: cancellation));
        Assert.Equal(RoleOutcome.NoAccount, await roles.GrantAsync(Guid.NewGuid().ToString(), "VIEWER", cancellation: cancellation));
        Assert.Equal(RoleOutcome.NoAccount, await roles.GrantAsync("' OR true", "VIEWER", cancellation: cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => roles.GrantAsync(eve.UserId, "VIEWER", by: "somebody", cancellation: cancellation));
        Assert.Equal(2L, await database.QueryAsync("SELECT count(*) FROM role_grants"));
    }

    [Fact]
    public async Task Where_the_table_of_users_has_the_global_role_it_is_written_there_as_its_enum()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        // As in examples/schema-drift.
        await database.ExecuteAsync("""
            CREATE TYPE "UserRole" AS ENUM ('ADMIN', 'EDITOR', 'VIEWER');
            ALTER TABLE users ALTER COLUMN role DROP DEFAULT, ALTER COLUMN role TYPE "UserRole" USING 'EDITOR', ALTER COLUMN role SET DEFAULT 'EDITOR';
            """);
        await using var node = await TestNode.StartAsync(database, o =>
        {
            o.Roles.InUsers = true;
            foreach (var name in new[] { "ADMIN", "EDITOR", "VIEWER", "ORGANIZER" })
            {
                o.Roles.Names.Add(name);
            }
        });
        var ada = await node.RegisterAsync();
        Assert.Equal("EDITOR", ada.Claim("role"));
        var roles = node.Get<RoleAdministration>();
        var cancellation = TestContext.Current.CancellationToken;

        Assert.Equal(RoleOutcome.Changed, await roles.GrantAsync(ada.UserId, "ADMIN", cancellation: cancellation));
        Assert.Equal(RoleOutcome.AsBefore, await roles.GrantAsync(ada.UserId, "ADMIN", cancellation: cancellation));
        Assert.Equal("ADMIN", (await node.RefreshAsync(ada.Refresh)).Claim("role"));
        // Another in its place would take it from the last who has it; a label that the enum lacks, or a time, cannot be kept there.
        Assert.Equal(RoleOutcome.LastAdministrator, await roles.GrantAsync(ada.UserId, "VIEWER", cancellation: cancellation));
        Assert.Equal(RoleOutcome.NotARole, await roles.GrantAsync(ada.UserId, "ORGANIZER", cancellation: cancellation));
        Assert.Equal(RoleOutcome.NotARole, await roles.GrantAsync(ada.UserId, "VIEWER", until: DateTimeOffset.UtcNow.AddDays(1), cancellation: cancellation));
        Assert.Equal(RoleOutcome.Changed, await roles.GrantAsync(ada.UserId, "ORGANIZER", Room, cancellation: cancellation));
        await roles.GrantAsync((await node.RegisterAsync("eve@example.com")).UserId, "ADMIN", cancellation: cancellation);
        Assert.Equal(RoleOutcome.Changed, await roles.RevokeAsync(ada.UserId, "ADMIN", cancellation: cancellation));
        Assert.Equal("EDITOR room:42:ORGANIZER", await database.QueryAsync(
            """SELECT concat_ws(' ', u.role, g."scopeKind" || ':' || g."scopeId" || ':' || g.role) FROM users u JOIN role_grants g ON g."userId" = u.id"""));
    }

    [Fact]
    public async Task Administration_needs_the_role_and_a_second_factor()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var eve = await node.RegisterAsync("eve@example.com");
        await node.Get<RoleAdministration>().GrantAsync(eve.UserId, "ADMIN", cancellation: TestContext.Current.CancellationToken);
        await node.Get<RoleAdministration>().GrantAsync(eve.UserId, "ADMIN", Room, cancellation: TestContext.Current.CancellationToken);
        var app = await App.NewAsync(node, clock);
        await using var service = await ResourceServer.StartAsync(node, clock);

        // Who has the factor and not the role is not told more than that; who has the role is told what is missing.
        await service.SoonAsync(app.Session.Access, "/mine");
        Assert.Equal("forbidden", await CodeAsync(node.Client, app.Session.Access));
        Assert.Equal("forbidden", await CodeAsync(service.Client, app.Session.Access));
        var admin = await node.RefreshAsync(eve.Refresh);
        Assert.Equal("insufficient_aal", await CodeAsync(node.Client, admin.Access));
        Assert.Equal("insufficient_aal", await CodeAsync(service.Client, admin.Access));
        var sure = await App.OfAsync(node, clock, admin);
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(sure.Session.Access, "/administration"));
        Assert.Equal(HttpStatusCode.OK, await service.StatusAsync(sure.Session.Access, "/administration"));
        // In a room is not everywhere.
        await node.Get<RoleAdministration>().GrantAsync(app.Session.UserId, "ADMIN", Room, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal("forbidden", await CodeAsync(node.Client, (await node.RefreshAsync(app.Session.Refresh)).Access));
    }

    private static async Task<string> CodeAsync(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/administration") { Headers = { Authorization = new("Bearer", token) } };
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]!;
    }

    private static string Listed(SignedIn session, string claim)
    {
        using var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(session.Access.Split('.')[1]));
        return string.Join(',', claims.RootElement.GetProperty(claim).EnumerateArray().Select(r => r.GetString()));
    }

    private static long Expiry(SignedIn session)
    {
        using var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(session.Access.Split('.')[1]));
        return claims.RootElement.GetProperty("exp").GetInt64();
    }

    // The name of a room that a row was made for.
#pragma warning disable CA5351 // Not for security: as PostgreSQL's md5 makes them.
    private static string Md5(string text) => Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
}
