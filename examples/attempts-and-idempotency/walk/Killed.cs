using Npgsql;
using static Payments.Walk.SentAgain;

namespace Payments.Walk;

/// <summary>A server that is killed while it pays: before the payment is there, and between the payment and its answer's being kept.</summary>
internal static class Killed
{
    public static async Task WalkAsync(string program, Service stays, NpgsqlDataSource database)
    {
        var (_, ada) = await stays.RegisterAsync("ada");

        await using (var dies = await Service.StartAsync(program, lease: "00:00:03"))
        {
            var held = await database.HoldAsync("payments");
            var lost = dies.PayAsync(ada, "before", Order("before"));
            await database.WaitersAsync("payments", 1);
            await dies.KillAsync();
            await database.EndWaitersAsync("payments");
            await held.ReleaseAsync();
            await LostAsync(lost);
            await database.MustAsync("it has paid nothing", """SELECT NOT EXISTS (SELECT FROM "payments" WHERE "reference" = 'before')""");
            Must((await UntilFreeAsync(stays, ada, "before")).Is(201, "the other server pays, when the lease is over") is { IsReplayed: false }, "it was not paid before");
        }

        await using (var dies = await Service.StartAsync(program, lease: "00:00:03"))
        {
            var paying = await database.HoldAsync("payments");
            var lost = dies.PayAsync(ada, "after", Order("after"));
            await database.WaitersAsync("payments", 1);
            // The key is taken; from here on nothing is written into the books.
            var keeping = await database.HoldAsync("idempotency_records");
            await paying.ReleaseAsync();
            await database.WaitersAsync("idempotency_records", 1);
            await dies.KillAsync();
            await database.EndWaitersAsync("idempotency_records");
            await keeping.ReleaseAsync();
            await LostAsync(lost);
            var paid = await database.AskAsync<string>("""SELECT "id" FROM "payments" WHERE "reference" = 'after'""");
            var again = (await UntilFreeAsync(stays, ada, "after")).Is(201, "the same at the other server");
            Must(again is { IsReplayed: false } && again.Id == paid, "it finds what was paid, and pays nothing more");
            Must((await stays.PayAsync(ada, "after", Order("after"))).Is(201, "once more") is { IsReplayed: true } kept && kept.Id == paid, "from here on its answer is kept");
        }

        await database.MustAsync("each once", """SELECT count(*) = 2 FROM "payments" WHERE "reference" IN ('before', 'after')""");
        Said("a server killed before it has paid, and one killed before it kept the answer: the other one answers, each is paid once");
    }

    private static async Task LostAsync(Task<Answer> request)
    {
        try
        {
            throw new Unexpected($"a killed server answers: {(await request).Text}");
        }
        catch (HttpRequestException)
        {
            // As a client sees it: it does not know.
        }
    }

    /// <summary>As a client does: as long as the key is the dead server's, it comes again.</summary>
    private static async Task<Answer> UntilFreeAsync(Service at, string token, string name)
    {
        for (var until = DateTime.UtcNow + Service.Patience; ; await Task.Delay(100))
        {
            var answer = await at.PayAsync(token, name, Order(name));
            if (answer.Code != "idempotency_key_in_flight" || DateTime.UtcNow > until)
            {
                return answer;
            }
        }
    }
}
