using System.Diagnostics;
using System.Net;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Tokens;
using Xunit;
using static Sluice.Auth.Tests.Tokens.TokenTexts;

namespace Sluice.Auth.Tests.Tokens;

public sealed class VerifiedTokensTests
{
    [Fact]
    public void Verifying_a_token_with_HS256_or_one_that_was_verified_before_leaves_nothing_on_the_heap()
    {
        var ring = new KeyRing();
        var key = TokenKey.OfSecret("a secret of more than 32 bytes, which it must have");
        ring.Replace([key]);
        var reader = new TokenReader(ring, TestNode.Issuer, TestNode.Audience, TimeSpan.FromSeconds(30));
        var token = Write(With(With(Header, "alg", "HS256"), "kid", key.Kid), Claims, d => key.Sign(d));
        var memory = Memory(reader, ring);

        Assert.Equal(0, Allocated(() => reader.IsValid(token, Now)));
        Assert.Equal(0, Allocated(() => memory.Verify(token) is not null));

        static long Allocated(Func<bool> verify)
        {
            // The first times make what is kept.
            for (var i = 0; i < 100; i++)
            {
                Assert.True(verify());
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            var all = true;
            for (var i = 0; i < 1000; i++)
            {
                all &= verify();
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(all);
            return allocated / 1000;
        }
    }

    [Fact]
    public void Thousands_of_tokens_in_use_are_remembered_at_the_same_time()
    {
        var ring = new KeyRing();
        ring.Replace([Elliptic]);
        var memory = Memory(new TokenReader(ring, TestNode.Issuer, TestNode.Audience, TimeSpan.FromSeconds(30)), ring);
        var tokens = Enumerable.Range(0, 2000).Select(i => Write(Header, With(Claims, "jti", $"{i}"))).ToList();
        var first = tokens.ConvertAll(t => memory.Verify(t));

        var again = tokens.ConvertAll(t => memory.Verify(t));

        // The very same object: it was not read anew.
        var anew = first.Zip(again).Count(p => !ReferenceEquals(p.First, p.Second));
        Assert.True(anew < 20, $"{anew} of 2000 were read anew");
    }

    [Fact]
    public void What_an_application_adds_to_the_caller_of_one_request_is_not_said_of_the_next()
    {
        var token = Read(Write(Header, Claims));
        token!.NewPrincipal().Identities.Single().AddClaim(new System.Security.Claims.Claim("role", "admin"));

        Assert.False(token.NewPrincipal().IsInRole("admin"));
    }

    [Fact]
    public async Task Bar_27_a_verified_request_sends_no_command_to_the_database()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Tokens.RevocationPoll = TimeSpan.FromHours(1));
        var ada = await node.RegisterAsync();
        var name = database.Name;
        var commands = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = a => Interlocked.Add(ref commands, Equals(a.GetTagItem("db.namespace") ?? a.GetTagItem("db.name"), name) ? 1 : 0),
        };
        ActivitySource.AddActivityListener(listener);

        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access, "me"));
        Assert.True(Volatile.Read(ref commands) > 0, "the counter does not see a command that was sent");

        // The node's own reading at its start may still be under way in the first round, and is over in the next.
        var fewest = int.MaxValue;
        for (var round = 0; round < 5 && fewest > 0; round++)
        {
            var before = Volatile.Read(ref commands);
            for (var i = 0; i < 50; i++)
            {
                Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
            }

            fewest = Math.Min(fewest, Volatile.Read(ref commands) - before);
        }

        Assert.Equal(0, fewest);
    }

    private static VerifiedTokens Memory(TokenReader reader, KeyRing ring) => new(reader, new global::Sluice.Auth.Revocation.RevocationList(), new global::Sluice.Auth.Revocation.Hearing(TimeSpan.Zero, needsDatabase: false, needsRedis: false), ring, new StoppedClock());

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
