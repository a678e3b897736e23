using System.Net;
using System.Text.RegularExpressions;
using Sluice.Auth.Accounts;
using Sluice.Auth.Factors;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Factors;

/// <summary>Signing in with a second factor, and what does not get past it.</summary>
public sealed partial class SecondFactorTests
{
    [Fact]
    public async Task Bar_43_the_code_that_activated_the_app_and_one_that_signed_in_are_used_up()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var app = await App.NewAsync(node, clock);
        var used = app.Code();

        Assert.Equal(HttpStatusCode.Unauthorized, await app.TryAsync(await app.ChallengeAsync(), used));
        var next = app.NextCode();
        Assert.Equal(HttpStatusCode.OK, await app.TryAsync(await app.ChallengeAsync(), next));
        Assert.Equal(HttpStatusCode.Unauthorized, await app.TryAsync(await app.ChallengeAsync(), next));
        Assert.Equal(HttpStatusCode.Unauthorized, await app.TryAsync(await app.ChallengeAsync(), used));
        Assert.Equal(HttpStatusCode.OK, await app.TryAsync(await app.ChallengeAsync(), app.NextCode()));
    }

    [Fact]
    public async Task Bar_43_of_twenty_that_use_one_code_at_once_on_two_nodes_one_gets_in()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var one = await TestNode.StartAsync(database, clock: clock);
        await using var two = await TestNode.StartAsync(database, clock: clock);
        var app = await App.NewAsync(one, clock);
        var waiting = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            waiting.Add(await app.ChallengeAsync());
        }

        var code = app.NextCode();
        var answers = await Task.WhenAll(waiting.Select((token, i) => app.TryAsync(token, code, i % 2 == 0 ? one : two)));

        Assert.Equal(1, answers.Count(a => a == HttpStatusCode.OK));
        Assert.Equal(19, answers.Count(a => a == HttpStatusCode.Unauthorized));
        Assert.Equal(2L, await database.QueryAsync("SELECT count(*) FROM \"sessions\""));
    }

    [Fact]
    public async Task Bar_43_a_challenge_is_answered_once_however_often_at_once()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var one = await TestNode.StartAsync(database, clock: clock);
        await using var two = await TestNode.StartAsync(database, clock: clock);
        var app = await App.NewAsync(one, clock);
        var token = await app.ChallengeAsync();

        // With codes that are all right, and each still unused.
        var answers = await Task.WhenAll(
            app.TryAsync(token, app.NextCode(), one), app.TryAsync(token, app.Code(1), two), app.TryRecoveryCodeAsync(token, app.RecoveryCodes[0]), app.TryRecoveryCodeAsync(token, app.RecoveryCodes[1]));

        Assert.Equal(1, answers.Count(a => a == HttpStatusCode.OK));
        Assert.Equal(HttpStatusCode.Unauthorized, await app.TryRecoveryCodeAsync(token, app.RecoveryCodes[2]));
    }

    [Fact]
    public async Task Bar_44_a_code_of_a_minute_and_a_half_ago_is_refused_and_one_of_the_steps_beside_is_not()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var app = await App.NewAsync(node, clock);
        clock.Move(TimeSpan.FromMinutes(10));
        // Away from the edge of a step, that the steps below are those that the server sees.
        clock.Move(TimeSpan.FromSeconds(Totp.StepSeconds - (clock.GetUtcNow().ToUnixTimeMilliseconds() % 30_000) / 1000.0 + 1));

        foreach (var (steps, expected) in new[]
                 {
                     (-3, HttpStatusCode.Unauthorized), (-2, HttpStatusCode.Unauthorized), (2, HttpStatusCode.Unauthorized),
                     (-1, HttpStatusCode.OK), (0, HttpStatusCode.OK), (1, HttpStatusCode.OK), (0, HttpStatusCode.Unauthorized),
                 })
        {
            Assert.Equal(expected, await app.TryAsync(await app.ChallengeAsync(), app.Code(steps)));
        }
    }

    [Fact]
    public async Task Bar_45_five_tries_for_a_challenge_and_one_answer_for_all_that_is_wrong()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var app = await App.NewAsync(node, clock);
        var used = app.NextCode();
        Assert.Equal(HttpStatusCode.OK, await app.TryAsync(await app.ChallengeAsync(), used));
        var answers = new HashSet<string>();

        var token = await app.ChallengeAsync();
        await AskAsync(token, "000000"); // wrong, or a chance of three in a million
        await AskAsync(token, used); // replayed
        await AskAsync(token, "not a code");
        await AskAsync(token, "");
        await AskAsync(token, app.RecoveryCodes[0]);
        await AskAsync(token, app.NextCode()); // right, but the sixth
        await AskAsync(Token(), app.Code()); // no challenge at all
        var late = await app.ChallengeAsync();
        clock.Move(TimeSpan.FromMinutes(6));
        await AskAsync(late, app.Code()); // expired

        var only = Assert.Single(answers);
        Assert.StartsWith("Unauthorized", only, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"invalid_second_factor\"", only, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await app.TryAsync(await app.ChallengeAsync(), app.NextCode()));

        async Task AskAsync(string mfaToken, string code)
        {
            using var response = await app.AnswerAsync(mfaToken, code);
            var headers = response.Headers.Concat(response.Content.Headers).Where(h => h.Key is not "Date").OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}: {string.Join(',', h.Value)}");
            answers.Add($"{response.StatusCode}\n{string.Join('\n', headers)}\n{TraceId().Replace(await response.Content.ReadAsStringAsync(), "")}");
        }
    }

    [Fact]
    public async Task Bar_45_guesses_at_once_are_not_more_than_guesses_in_a_row()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var app = await App.NewAsync(node, clock);
        var token = await app.ChallengeAsync();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => app.TryAsync(token, $"{i:D6}")));

        Assert.Equal(5, await database.QueryAsync("SELECT \"tries\" FROM \"mfa_challenges\""));
        Assert.Equal(5L, await database.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'second_factor_failed' AND \"userId\" IS NOT NULL"));
    }

    [Fact]
    public async Task Bar_45_an_account_bears_so_many_wrong_codes_over_all_challenges_and_its_recovery_codes_go_on()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, o => o.Factors.TriesPerAccount = new(6, TimeSpan.FromHours(1)), clock);
        var app = await App.NewAsync(node, clock);
        // What succeeds costs nothing.
        for (var i = 0; i < 8; i++)
        {
            await app.LoginAsync();
        }

        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await app.TryAsync(await app.ChallengeAsync(), "000000"));
        }

        using (var refused = await app.AnswerAsync(await app.ChallengeAsync(), app.NextCode()))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(10));
        }

        Assert.Equal(HttpStatusCode.OK, await app.TryRecoveryCodeAsync(await app.ChallengeAsync(), app.RecoveryCodes[3]));
        clock.Move(TimeSpan.FromMinutes(11));
        Assert.Equal(HttpStatusCode.OK, await app.TryAsync(await app.ChallengeAsync(), app.Code()));
    }

    [Fact]
    public async Task Bar_25_no_token_passes_for_another()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var app = await App.NewAsync(node, clock);
        var token = await app.ChallengeAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(token));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(token, "me/factors"));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(token));
        Assert.Equal(HttpStatusCode.Unauthorized, await app.TryAsync(app.Session.Access, app.NextCode()));
        Assert.Equal(HttpStatusCode.Unauthorized, await app.TryAsync(app.Session.Refresh, app.Code()));
        Assert.Equal(0L, await database.QueryAsync($"SELECT count(*) FROM mfa_challenges c WHERE c::text LIKE '%{token}%'"));
        Assert.Equal(HttpStatusCode.OK, await app.TryAsync(token, app.Code()));
    }

    [Fact]
    public async Task Bar_13_before_the_password_is_right_nothing_tells_whether_there_is_a_second_factor()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        await App.NewAsync(node, clock);
        await node.RegisterAsync("bob@example.com");
        var answers = new HashSet<string>();

        foreach (var identifier in new[] { "ada@example.com", "bob@example.com", "nobody@example.com" })
        {
            using var response = await node.PostAsync("login", new { identifier, password = "not the password" });
            answers.Add($"{response.StatusCode} {response.Headers.WwwAuthenticate} {TraceId().Replace(await response.Content.ReadAsStringAsync(), "")}");
        }

        Assert.Contains("\"code\":\"invalid_credentials\"", Assert.Single(answers), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_challenge_says_what_may_be_shown_and_dies_with_the_password_it_was_given_for()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var app = await App.NewAsync(node, clock);

        var asked = await App.ReadAsync(await node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password }), HttpStatusCode.Unauthorized);
        Assert.Equal($$"""[{"type":"totp","id":"{{app.Id}}","name":"telephone"},{"type":"recovery_code","id":null,"name":null}]""", asked["factors"]!.ToJsonString());
        Assert.Equal(300, (int)asked["expiresIn"]!);

        await App.ReadAsync(await node.PostAsync("login/mfa", new { mfaToken = (string)asked["mfaToken"]! }), HttpStatusCode.BadRequest);
        using (var changed = await node.PostAsync("me/password", new { currentPassword = TestNode.Password, newPassword = "another evening, elsewhere" }, app.Session.Access))
        {
            Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await app.TryAsync((string)asked["mfaToken"]!, app.NextCode()));
    }

    [Fact]
    public async Task Bar_11_a_demanded_password_is_brought_with_the_second_factor()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var app = await App.NewAsync(node, clock);
        await App.ReadAsync(await node.PostAsync("login/mfa", new { mfaToken = await app.ChallengeAsync(), code = app.NextCode(), newPassword = "another evening, elsewhere" }), HttpStatusCode.BadRequest);
        var before = await app.ChallengeAsync();

        Assert.True(await node.Get<AccountAdministration>().RequirePasswordChangeAsync("ada@example.com", cancellation: TestContext.Current.CancellationToken));

        var code = app.NextCode();
        foreach (var token in new[] { before, await app.ChallengeAsync() })
        {
            Assert.Equal("invalid_second_factor", await RefusedAsync(new { mfaToken = token, code = "000000", newPassword = "another evening, elsewhere" }, HttpStatusCode.Unauthorized));
            Assert.Equal("password_change_required", await RefusedAsync(new { mfaToken = token, code }, HttpStatusCode.Forbidden));
            Assert.Equal("same_password", await RefusedAsync(new { mfaToken = token, code, newPassword = TestNode.Password }, HttpStatusCode.UnprocessableEntity));
        }

        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM sessions"));
        var session = await SignedIn.OfAsync(await node.PostAsync("login/mfa", new { mfaToken = before, code, newPassword = "another evening, elsewhere" }), HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(session.Access, "/mine/aal2"));
        Assert.Equal(HttpStatusCode.OK, await app.TryAsync(await app.ChallengeAsync(password: "another evening, elsewhere"), app.NextCode()));
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'password_changed'"));

        async Task<string> RefusedAsync(object body, HttpStatusCode status) => (string)(await App.ReadAsync(await node.PostAsync("login/mfa", body), status))["code"]!;
    }

    [Fact]
    public async Task Bar_01_with_a_second_factor_a_password_may_have_eight_characters_and_not_seven()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var ada = await node.RegisterAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await ChangeAsync(ada.Access, "8 chars."));
        var app = await App.OfAsync(node, clock, ada);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, await ChangeAsync(app.Session.Access, "7 chars"));
        Assert.Equal(HttpStatusCode.NoContent, await ChangeAsync(app.Session.Access, "8 chars."));

        async Task<HttpStatusCode> ChangeAsync(string token, string newPassword)
        {
            using var response = await node.PostAsync("me/password", new { currentPassword = TestNode.Password, newPassword }, token);
            return response.StatusCode;
        }
    }

    private static string Token() => RandomToken.New();

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex TraceId();
}
