using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Sluice.Auth.Sessions;
using Sluice.Auth.Tests.Revocation;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Web;
using Xunit;

namespace Sluice.Auth.Tests.Factors;

/// <summary>What a session is worth, who may change what it takes, and how it becomes worth more.</summary>
public sealed class AssuranceTests
{
    [Fact]
    public async Task Bar_49_a_route_for_aal2_tells_who_has_shown_a_password_alone_what_is_missing()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var ada = await node.RegisterAsync();

        using (var refused = await node.SendAsync(HttpMethod.Get, "/mine/aal2", ada.Access))
        {
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Contains("\"code\":\"insufficient_aal\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal("Bearer error=\"insufficient_user_authentication\", error_description=\"A second factor is needed\", acr_values=\"aal2\"", refused.Headers.WwwAuthenticate.ToString());
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(null, "/mine/aal2"));
        var app = await App.OfAsync(node, clock, ada);
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(app.Session.Access, "/mine/aal2"));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync((await app.LoginAsync()).Access, "/mine/aal2"));
    }

    [Fact]
    public async Task Tokens_say_what_was_shown()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var ada = await node.RegisterAsync();
        Assert.Equal(("aal1", "pwd"), Claims(ada.Access));
        var app = await App.OfAsync(node, clock, ada);

        Assert.Equal(("aal2", "pwd otp mfa"), Claims(app.Session.Access));
        Assert.Equal(("aal2", "pwd otp mfa"), Claims((await app.LoginAsync()).Access));
        var recovered = await SignedIn.OfAsync(await node.PostAsync("login/mfa", new { mfaToken = await app.ChallengeAsync(), recoveryCode = app.RecoveryCodes[9] }), HttpStatusCode.OK);
        Assert.Equal(("aal2", "pwd recovery_code mfa"), Claims(recovered.Access));
    }

    [Fact]
    public async Task Bar_40_a_refresh_keeps_what_its_session_is_worth_and_the_second_factor_begins_another_session()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var below = await node.RegisterAsync();
        var refreshed = await node.RefreshAsync(below.Refresh);
        Assert.Equal("aal1", Claims(refreshed.Access).Aal);

        var app = await App.OfAsync(node, clock, refreshed);
        Assert.NotEqual(Session(refreshed), Session(app.Session));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(refreshed.Refresh));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(refreshed.Access));
        Assert.Equal(("aal2", "pwd otp mfa"), Claims((await node.RefreshAsync(app.Session.Refresh)).Access));
    }

    [Fact]
    public async Task Bar_40_a_session_below_aal2_steps_up_to_a_new_one_and_ends()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var app = await App.NewAsync(node, clock);
        // As one that another service's account, or a release before this one, has begun.
        await database.ExecuteAsync("UPDATE sessions SET aal = 'aal1', amr = 'pwd'");
        var below = await node.RefreshAsync(app.Session.Refresh);
        Assert.Equal(HttpStatusCode.Forbidden, await node.StatusAsync(below.Access, "/mine/aal2"));

        var stale = await StepUpAsync();
        var token = await StepUpAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await app.TryAsync(stale, app.NextCode()));
        var above = await SignedIn.OfAsync(await app.AnswerAsync(token, app.Code()), HttpStatusCode.OK);

        Assert.NotEqual(Session(below), Session(above));
        Assert.Equal(("aal2", "pwd otp mfa"), Claims(above.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(below.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(below.Refresh));

        // And not after the session that asks has ended.
        var again = await App.ReadAsync(await node.SendAsync(HttpMethod.Post, "me/factors/challenge", above.Access), HttpStatusCode.OK);
        using (await node.PostAsync("logout", new { }, above.Access))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await app.TryAsync((string)again["mfaToken"]!, app.NextCode()));
        }

        async Task<string> StepUpAsync() => (string)(await App.ReadAsync(await node.SendAsync(HttpMethod.Post, "me/factors/challenge", below.Access), HttpStatusCode.OK))["mfaToken"]!;
    }

    [Fact]
    public async Task Bar_47_factors_are_changed_after_a_recent_sign_in_with_the_second_factor_and_all_hear_of_it()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var old = await node.RegisterAsync();
        clock.Move(TimeSpan.FromMinutes(20));
        await RefusedAsync("recent_sign_in_needed", HttpMethod.Post, "me/factors", old, new { });

        var elsewhere = await node.LoginAsync();
        var app = await App.OfAsync(node, clock, await node.LoginAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(old.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(elsewhere.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(elsewhere.Refresh));

        await database.ExecuteAsync("UPDATE sessions SET aal = 'aal1', amr = 'pwd'");
        foreach (var (method, path) in new[] { (HttpMethod.Post, "me/factors"), (HttpMethod.Delete, $"me/factors/{app.Id}"), (HttpMethod.Post, "me/recovery-codes") })
        {
            await RefusedAsync("insufficient_aal", method, path, app.Session, method == HttpMethod.Post ? new { } : null);
        }

        var above = await app.LoginAsync();
        clock.Move(TimeSpan.FromMinutes(20));
        await RefusedAsync("recent_sign_in_needed", HttpMethod.Delete, $"me/factors/{app.Id}", above, null);
        above = await app.LoginAsync();
        await App.ReadAsync(await node.PostAsync("me/recovery-codes", new { }, above.Access), HttpStatusCode.OK);
        var second = await App.EnrolAsync(node, clock, above);
        await second.ActivateAsync(above);
        Assert.Empty(second.RecoveryCodes);
        using (var removed = await node.SendAsync(HttpMethod.Delete, $"me/factors/{app.Id}", second.Session.Access))
        {
            Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await app.TryAsync(await app.ChallengeAsync(), app.NextCode()));
        Assert.Equal(HttpStatusCode.OK, await second.TryAsync(await second.ChallengeAsync(), second.Code()));
        Assert.Equal(
            "factor_enrolled,factor_activated,recovery_codes_made,factor_enrolled,factor_activated,factor_removed",
            await database.QueryAsync("SELECT string_agg(action, ',' ORDER BY \"createdAt\", \"id\") FROM audit_logs WHERE action LIKE 'factor%' OR action LIKE 'recovery%'"));

        async Task RefusedAsync(string code, HttpMethod method, string path, SignedIn who, object? body)
        {
            var refused = await App.ReadAsync(await node.SendAsync(method, path, who.Access, body), HttpStatusCode.Forbidden);
            Assert.Equal(code, (string)refused["code"]!);
        }
    }

    [Fact]
    public async Task Bar_47_a_session_that_was_revoked_meanwhile_activates_no_factor()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var owner = await node.RegisterAsync();
        var stolen = await node.LoginAsync();
        var app = await App.EnrolAsync(node, clock, stolen);

        // The owner ends it at the moment when the activation has found it alive.
        await using var held = await HeldUsers.ByAsync(database);
        var activation = node.PostAsync($"me/factors/{app.Id}/activate", new { code = app.Code() }, stolen.Access);
        await held.UntilWaitingAsync(1);
        await RevocationTests.LogoutAsync(node, stolen.Access);
        await held.ReleaseAsync();

        using var answer = await activation;
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(owner.Access));
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM mfa_factors WHERE \"activatedAt\" IS NOT NULL"));
    }

    [Fact]
    public async Task Bar_38_neither_an_activation_nor_more_worth_prolongs_a_session()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var ada = await node.RegisterAsync();
        var ends = await EndsAsync();

        clock.Move(TimeSpan.FromMinutes(5));
        var app = await App.OfAsync(node, clock, ada);
        Assert.Equal(ends, await EndsAsync());

        clock.Move(TimeSpan.FromMinutes(5));
        var asked = await App.ReadAsync(await node.SendAsync(HttpMethod.Post, "me/factors/challenge", app.Session.Access), HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await app.TryAsync((string)asked["mfaToken"]!, app.NextCode()));
        Assert.Equal(ends, await EndsAsync());

        Task<object?> EndsAsync() => database.QueryAsync("SELECT string_agg(\"expiresAt\"::text, ', ') FROM sessions");
    }

    [Fact]
    public async Task Bar_47_with_the_last_factor_its_recovery_codes_go_and_a_password_is_enough_again()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var app = await App.NewAsync(node, clock);
        var eve = await App.NewAsync(node, clock, "eve@example.com");

        foreach (var (id, expected) in new[] { (eve.Id, HttpStatusCode.NotFound), ("'; DROP TABLE users", HttpStatusCode.NotFound), (app.Id, HttpStatusCode.NoContent), (app.Id, HttpStatusCode.NotFound) })
        {
            using var removed = await node.SendAsync(HttpMethod.Delete, $"me/factors/{Uri.EscapeDataString(id)}", app.Session.Access);
            Assert.Equal(expected, removed.StatusCode);
        }

        Assert.Equal(10L, await database.QueryAsync("SELECT count(*) FROM backup_codes"));
        await node.LoginAsync();
        await eve.ChallengeAsync("eve@example.com");
    }

    [Fact]
    public async Task Bar_48_no_other_way_in_gets_past_the_second_factor_or_takes_it_away()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var app = await App.NewAsync(node, clock);
        var user = new UserView(app.Session.UserId, "ada@example.com", null, null, "user", false);
        var hash = (string?)await database.QueryAsync("SELECT \"passwordHash\" FROM users");

        // What any way in ends with, whatever it has looked at: a mailed code, a reset, another service's account.
        var sessions = node.Get<SessionIssuer>();
        Assert.False(await sessions.BeginAsync(await sessions.PrepareAsync(user, hash, null, new Client(null, null, "request")), [], [], CancellationToken.None));

        const string Fresh = "another evening, elsewhere";
        using (await node.PostAsync("me/password", new { currentPassword = TestNode.Password, newPassword = Fresh }, app.Session.Access))
        {
            Assert.Equal(HttpStatusCode.OK, await app.TryRecoveryCodeAsync(await app.ChallengeAsync(password: Fresh), app.RecoveryCodes[0]));
        }

        Assert.Equal(HttpStatusCode.OK, await app.TryAsync(await app.ChallengeAsync(password: Fresh), app.NextCode()));
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM sessions WHERE aal <> 'aal2'"));
    }

    [Fact]
    public async Task Bar_48_a_sign_in_that_began_before_a_factor_was_activated_does_not_end_after_it()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        await App.EnrolAsync(node, clock, await node.RegisterAsync());

        // The activation, at the moment when the sign-in has found no factor and is about to begin its session.
        await using var activating = await HeldUsers.ByAsync(database);
        var login = node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password });
        await activating.UntilWaitingAsync(1);
        await activating.RunAsync("UPDATE mfa_factors SET \"activatedAt\" = now()");
        await activating.ReleaseAsync();

        using var answer = await login;
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM sessions"));
    }

    private static (string Aal, string Amr) Claims(string token)
    {
        using var json = Payload(token);
        return (json.RootElement.GetProperty("aal").GetString()!, string.Join(' ', json.RootElement.GetProperty("amr").EnumerateArray().Select(a => a.GetString())));
    }

    private static string Session(SignedIn signedIn)
    {
        using var json = Payload(signedIn.Access);
        return json.RootElement.GetProperty("sid").GetString()!;
    }

    private static JsonDocument Payload(string token) => JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]));
}
