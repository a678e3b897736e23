using System.Net;
using Microsoft.Extensions.Options;
using Sluice.Auth.Audit;
using Sluice.Auth.Identities;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Mail;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Upkeep;
using Xunit;

namespace Sluice.Auth.Tests.Identities;

/// <summary>Another Secret, without anybody losing anything by it.</summary>
public sealed class ResealTests
{
    private const string Next = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU=";

    [Fact]
    public async Task A_mail_that_waits_goes_out_under_another_Secret_and_the_audit_log_holds_by_the_one_before()
    {
        await using var server = await MailServer.StartAsync();
        await using var database = await TestNode.NewDatabaseAsync();
        await using (var before = await NodeAsync(o => o.Mail.Smtp.Port = 1))
        {
            using var registered = await before.PostAsync("register", new { email = MailNode.Ada, password = TestNode.Password });
            await before.Get<AuditSeals>().SealAsync(Cancellation);
        }

        // Nobody sends it meanwhile.
        await database.ExecuteAsync("UPDATE email_logs SET \"nextTryAt\" = now() + interval '1 day'");
        await using (var both = await NodeAsync(o => Change(o, keepsOld: true)))
        {
            await using var output = new StringWriter();
            Assert.Equal(0, await AuthCommands.RunAsync(both.Services, ["keys", "reseal"], output, Cancellation));
            Assert.Contains("email_logs: 1 sealed anew", output.ToString(), StringComparison.Ordinal);
            Assert.Contains(" 1 seals of a Secret before, which stay", output.ToString(), StringComparison.Ordinal);
            await both.Get<AuditSeals>().SealAsync(Cancellation);
            Assert.Empty((await both.Get<AuditSeals>().VerifyAsync(null, Cancellation)).Findings);

            // A later entry under the Secret of before is nobody's but a thief's.
            var stolen = Options.Create(new SluiceAuthOptions { DatabaseUrl = database.Url, Secret = TestNode.Secret });
            await using var thiefs = new AuthDatabase(stolen, TimeProvider.System);
            await both.Get<Announcer>().TellAsync(new AuditEvent("forged", "user"), Cancellation);
            Assert.True(await new AuditSeals(thiefs, stolen).SealAsync(Cancellation) > 0);
            Assert.NotEmpty((await both.Get<AuditSeals>().VerifyAsync(null, Cancellation)).Findings);
        }

        await database.ExecuteAsync("UPDATE email_logs SET \"nextTryAt\" = now()");
        await using var after = await NodeAsync(o => Change(o, keepsOld: false));
        Assert.True((await server.NextAsync(MailNode.Ada)).Token.Length > 0);

        Task<TestNode> NodeAsync(Action<SluiceAuthOptions> more) => TestNode.StartAsync(database, o =>
        {
            server.Use(o);
            more(o);
        });

        static void Change(SluiceAuthOptions o, bool keepsOld)
        {
            if (keepsOld)
            {
                o.PreviousSecrets.Add(o.Secret);
            }

            o.Secret = Next;
        }
    }


    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bar_58_what_the_Secret_of_before_sealed_is_opened_then_sealed_anew_and_then_it_can_go()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        var clock = new MovedClock();
        string bob, token, access, carols;
        App app;
        await using (var before = await TestNode.StartAsync(database, stub.Use, clock))
        {
            app = await App.NewAsync(before, clock);
            (bob, token) = await LinkingTests.SignInAsync(before, stub, new StubAccount("2", "bob@example.com"), "github") is var session ? (session.UserId, session.Access) : default;
            access = (await before.Get<GitHubTokens>().AccessTokenAsync(bob, Cancellation))!;
            // An answer with tokens, kept for its key.
            carols = await RegisterOnceAsync(before);
            // A revocation that GitHub has not heard of.
            var eve = await before.RegisterAsync("eve@example.com");
            await LinkingTests.ConfirmAsync(database, "eve@example.com");
            await LinkingTests.SignInAsync(before, stub, new StubAccount("3", "eve@example.com"), "github");
            stub.Instead = c =>
            {
                c.Response.StatusCode = 503;
                return Task.FromResult(true);
            };
            using var unlinked = await before.SendAsync(HttpMethod.Delete, "me/identities/github", eve.Access);
            Assert.Equal(HttpStatusCode.Accepted, unlinked.StatusCode);
            stub.Instead = null;
        }

        var lost = await Assert.ThrowsAsync<AuthSetupException>(() => TestNode.StartAsync(database, o => o.Secret = Next));
        Assert.Contains("PreviousSecrets", lost.Message, StringComparison.Ordinal);

        await using (var both = await TestNode.StartAsync(database, o =>
        {
            stub.Use(o);
            (o.Secret, o.Upkeep.Batch) = (Next, 1);
            o.PreviousSecrets.Add(TestNode.Secret);
        }, clock))
        {
            await HoldsAsync(both);
            var ids = await KeyIdsAsync();
            Assert.Equal((0, "signing_keys: 1, mfa_factors: 1, github_accounts: 1, github_revocations: 1, email_logs: 0, idempotency_records: 1"), await ResealAsync(both));
            Assert.Equal((0, "signing_keys: 0, mfa_factors: 0, github_accounts: 0, github_revocations: 0, email_logs: 0, idempotency_records: 0"), await ResealAsync(both));
            Assert.NotEqual(ids, await KeyIdsAsync());
            Assert.Equal(5L, await database.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'resealed'"));
        }

        await using var after = await TestNode.StartAsync(database, o =>
        {
            stub.Use(o);
            o.Secret = Next;
        }, clock);
        await HoldsAsync(after);
        clock.Move(TimeSpan.FromMinutes(5));
        var jobs = after.Get<UpkeepJobs>();
        Assert.Equal(1, await jobs.RunAsync(jobs.All.Single(j => j.Name == "github_revocations"), isForced: true, Cancellation));
        Assert.Single(stub.Revoked);

        // What no Secret opens is said, and left.
        await database.ExecuteAsync("UPDATE mfa_factors SET \"keyId\" = 'another'");
        Assert.Equal((1, "signing_keys: 0, mfa_factors: 0, github_accounts: 0, github_revocations: 0, email_logs: 0, idempotency_records: 0"), await ResealAsync(after));

        async Task HoldsAsync(TestNode node)
        {
            Assert.Equal(carols, await RegisterOnceAsync(node));
            Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(token));
            Assert.Equal(access, await node.Get<GitHubTokens>().AccessTokenAsync(bob, Cancellation));
            var asked = await App.ReadAsync(await node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password }), HttpStatusCode.Unauthorized);
            Assert.Equal(HttpStatusCode.OK, await app.TryAsync((string)asked["mfaToken"]!, app.NextCode(), node));
        }

        async Task<string> KeyIdsAsync() => (string)(await database.QueryAsync("""SELECT concat((SELECT "keyId" FROM mfa_factors), ' ', (SELECT "keyId" FROM github_accounts), ' ', (SELECT md5("privateKey") FROM signing_keys))"""))!;

        static async Task<string> RegisterOnceAsync(TestNode node)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/register") { Content = System.Net.Http.Json.JsonContent.Create(new { email = "carol@example.com", password = TestNode.Password }) };
            request.Headers.Add("Idempotency-Key", "carol");
            return (await SignedIn.OfAsync(await node.Client.SendAsync(request, Cancellation), HttpStatusCode.Created)).Access;
        }

        static async Task<(int Exit, string Said)> ResealAsync(TestNode node)
        {
            await using var output = new StringWriter();
            var exit = await AuthCommands.RunAsync(node.Services, ["keys", "reseal"], output, Cancellation);
            return (exit, string.Join(", ", output.ToString().Split('\n').Where(l => l.Contains(" sealed anew", StringComparison.Ordinal)).Select(l => l[..l.IndexOf(" sealed", StringComparison.Ordinal)])));
        }
    }
}
