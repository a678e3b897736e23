using System.Net;
using System.Security.Cryptography;
using Sluice.Auth.Factors;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Factors;

/// <summary>What the database has of secrets and recovery codes.</summary>
public sealed class StoredFactorsTests
{
    [Fact]
    public async Task Bar_46_a_secret_is_sealed_for_its_user_and_says_with_which_key()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var ada = await App.NewAsync(node, clock);
        var eve = await App.NewAsync(node, clock, "eve@example.com");
        var secrets = node.Get<FactorSecrets>();

        var sealedText = (byte[])(await database.QueryAsync($"SELECT \"secret\" FROM mfa_factors WHERE \"id\" = '{ada.Id}'"))!;
        Assert.Equal(secrets.KeyId, await database.QueryAsync($"SELECT \"keyId\" FROM mfa_factors WHERE \"id\" = '{ada.Id}'"));
        Assert.Equal(ada.Secret, Base32.Encode(secrets.Open(ada.Session.UserId, secrets.KeyId, sealedText)));
        Assert.Equal(-1, sealedText.AsSpan().IndexOf(secrets.Open(ada.Session.UserId, secrets.KeyId, sealedText)));
        Assert.Throws<AuthenticationTagMismatchException>(() => secrets.Open(eve.Session.UserId, secrets.KeyId, sealedText));
        Assert.Contains("Set the Secret", Assert.Throws<AuthSetupException>(() => secrets.Open(ada.Session.UserId, "12345678", sealedText)).Message, StringComparison.Ordinal);

        // Eve cannot make her telephone the owner's by writing into the database.
        await database.ExecuteAsync($"UPDATE mfa_factors SET \"secret\" = (SELECT \"secret\" FROM mfa_factors WHERE \"id\" = '{eve.Id}') WHERE \"id\" = '{ada.Id}'");
        Assert.Equal(HttpStatusCode.InternalServerError, await ada.TryAsync(await ada.ChallengeAsync(), eve.NextCode()));
    }

    [Fact]
    public async Task Bar_46_ten_recovery_codes_are_shown_once_hashed_as_passwords_and_hold_once()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var app = await App.NewAsync(node, clock);

        Assert.Equal(10, app.RecoveryCodes.Distinct().Count());
        Assert.Equal(10L, await database.QueryAsync("SELECT count(*) FROM backup_codes WHERE \"codeHash\" LIKE '$argon2id$%'"));
        Assert.Equal(10L, await database.QueryAsync("SELECT count(DISTINCT split_part(\"codeHash\", '$', 5)) FROM backup_codes"));
        var everything = (string)(await database.QueryAsync("SELECT string_agg(b::text, ' ') FROM backup_codes b"))! + await database.QueryAsync("SELECT string_agg(a::text, ' ') FROM audit_logs a");
        Assert.All(app.RecoveryCodes, code => Assert.DoesNotContain(code, everything, StringComparison.Ordinal));
        Assert.Equal(10, await LeftAsync(app.Session));

        Assert.Equal(HttpStatusCode.OK, await app.TryRecoveryCodeAsync(await app.ChallengeAsync(), app.RecoveryCodes[4].ToUpperInvariant().Replace('-', ' ')));
        Assert.Equal(HttpStatusCode.Unauthorized, await app.TryRecoveryCodeAsync(await app.ChallengeAsync(), app.RecoveryCodes[4]));
        Assert.Equal(HttpStatusCode.Unauthorized, await app.TryRecoveryCodeAsync(await app.ChallengeAsync(), app.RecoveryCodes[5][..13] + (app.RecoveryCodes[5][^1] == '7' ? '8' : '7')));
        Assert.Equal(9, await LeftAsync(app.Session));
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'recovery_code_used'"));

        var tokens = new[] { await app.ChallengeAsync(), await app.ChallengeAsync(), await app.ChallengeAsync(), await app.ChallengeAsync() };
        await using var held = await HeldUsers.ByAsync(database);
        var trying = tokens.Select(t => app.TryRecoveryCodeAsync(t, app.RecoveryCodes[6])).ToList();
        await held.UntilWaitingAsync(tokens.Length);
        await held.ReleaseAsync();
        var answers = await Task.WhenAll(trying);
        Assert.Equal(1, answers.Count(a => a == HttpStatusCode.OK));

        var anew = await App.ReadAsync(await node.PostAsync("me/recovery-codes", new { }, app.Session.Access), HttpStatusCode.OK);
        Assert.Equal(10, await LeftAsync(app.Session));
        Assert.Equal(HttpStatusCode.Unauthorized, await app.TryRecoveryCodeAsync(await app.ChallengeAsync(), app.RecoveryCodes[7]));
        Assert.Equal(HttpStatusCode.OK, await app.TryRecoveryCodeAsync(await app.ChallengeAsync(), (string)anew["recoveryCodes"]![7]!));

        async Task<int> LeftAsync(SignedIn session) => (int)(await App.ReadAsync(await node.SendAsync(HttpMethod.Get, "me/factors", session.Access), HttpStatusCode.OK))["recoveryCodesLeft"]!;
    }

    [Fact]
    public async Task New_recovery_codes_are_hashed_five_times_an_hour_and_the_last_ones_hold()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var app = await App.NewAsync(node, clock);
        // The first ones were made by the activation.
        for (var i = 0; i < 4; i++)
        {
            await App.ReadAsync(await node.PostAsync("me/recovery-codes", new { }, app.Session.Access), HttpStatusCode.OK);
        }

        var kept = await database.QueryAsync("SELECT string_agg(\"codeHash\", ' ' ORDER BY \"codeHash\") FROM backup_codes");
        using var refused = await node.PostAsync("me/recovery-codes", new { }, app.Session.Access);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(kept, await database.QueryAsync("SELECT string_agg(\"codeHash\", ' ' ORDER BY \"codeHash\") FROM backup_codes"));

        using var removed = await node.SendAsync(HttpMethod.Delete, $"me/factors/{app.Id}", app.Session.Access);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        var another = await App.EnrolAsync(node, clock, app.Session);
        using var activated = await node.PostAsync($"me/factors/{another.Id}/activate", new { code = another.Code() }, app.Session.Access);
        Assert.Equal(HttpStatusCode.TooManyRequests, activated.StatusCode);
    }

    [Fact]
    public async Task What_is_no_mfaToken_is_written_down_only_so_often_for_a_client()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.RateLimits.SignInsPerClient = new RateLimit(2, TimeSpan.FromHours(1)));
        foreach (var expected in new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests })
        {
            using var response = await node.PostAsync("login/mfa", new { mfaToken = "garbage", code = "123456" });
            Assert.Equal(expected, response.StatusCode);
        }

        Assert.Equal(2L, await database.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'second_factor_failed'"));
    }

    [Fact]
    public async Task Challenges_that_are_over_go_with_the_other_upkeep()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var app = await App.NewAsync(node, clock);
        await app.ChallengeAsync();
        clock.Move(TimeSpan.FromMinutes(6));
        await app.ChallengeAsync();

        await node.Get<Sluice.Auth.Upkeep.UpkeepJobs>().RunGroupAsync("tokens", CancellationToken.None);

        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM mfa_challenges"));
    }
}
