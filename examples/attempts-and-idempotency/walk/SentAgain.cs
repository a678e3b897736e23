using Npgsql;

namespace Payments.Walk;

/// <summary>Payments that are sent again: as they were, otherwise, at once, while they are under way, after a failure.</summary>
internal static class SentAgain
{
    public static async Task WalkAsync(Service one, Service two, NpgsqlDataSource database)
    {
        var ((_, ada), (_, bob)) = (await one.RegisterAsync("ada"), await one.RegisterAsync("bob"));

        var order = Order("order-1");
        (await one.PayAsync(null, "k1", order)).Is(401, "a payment by nobody");
        (await one.PayAsync(ada, null, order)).Is(400, "one without a key", "idempotency_key_missing");
        var paid = (await one.PayAsync(ada, "k1", order)).Is(201, "a payment");
        var again = (await two.PayAsync(ada, "k1", order)).Is(201, "the same again, at the other server");
        Must(again is { IsReplayed: true } && again.Text == paid.Text && !paid.IsReplayed, "it has the same answer, and says that it was kept");
        (await two.PayAsync(ada, "k1", Order("order-1", 2))).Is(422, "the key with another body", "idempotency_key_reused");
        (await one.PayAsync(bob, "k1", order)).Is(201, "the key of somebody else");
        await database.MustAsync("one payment each", """SELECT count(*) = 2 FROM "payments" """);
        await database.MustAsync(
            "the record is as the document describes it",
            """
            SELECT "route" = 'POST /payments' AND "requestHash" ~ '^[0-9a-f]{64}$' AND "responseStatus" = 201 AND "responseBodyJson"::json IS NOT NULL AND "ip" = '127.0.0.1'
              AND "organizationId" IS NULL AND "expiresAt" - "createdAt" BETWEEN interval '23 hours 59 minutes' AND interval '24 hours 1 minute' AND "id" ~ '^c[a-z0-9]{24}$'
            FROM "idempotency_records" WHERE "key" LIKE '%:k1' ORDER BY "createdAt" LIMIT 1
            """);
        Said("sent again it has the same answer at either server; another body is refused; keys are their owners'");

        var crowd = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => (i % 2 == 0 ? one : two).PayAsync(ada, "k2", Order("order-2"))));
        Must(crowd.All(a => a.Status is 201 || a.Code == "idempotency_key_in_flight"), $"a hundred at once: {string.Join(' ', crowd.Select(a => a.Status).Distinct())}");
        Must(crowd.Where(a => a.Status == 201).Select(a => a.Id).Distinct().Count() == 1, "a hundred at once are one payment");
        Must(crowd.Count(a => a is { Status: 201, IsReplayed: false }) == 1, "and one of them paid it");
        await database.MustAsync("once", """SELECT count(*) = 1 FROM "payments" WHERE "reference" = 'order-2'""");
        Said($"a hundred at once on two servers: one payment, {crowd.Count(a => a.IsReplayed)} had its answer, {crowd.Count(a => a.Status == 409)} were told that it is under way");

        var held = await database.HoldAsync("payments");
        var first = one.PayAsync(ada, "k3", Order("order-3"));
        await database.WaitersAsync("payments", 1);
        var second = (await two.PayAsync(ada, "k3", Order("order-3"))).Is(409, "while the first is under way", "idempotency_key_in_flight");
        Must(second.RetryAfter > TimeSpan.Zero, "it says when to come again");
        await held.ReleaseAsync();
        (await first).Is(201, "the first");
        Said("while a payment is under way, the same is told to come again");

        await database.RunAsync("""
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''the bank is closed''; END';
            CREATE TRIGGER fail BEFORE INSERT ON "payments" FOR EACH ROW EXECUTE FUNCTION fail();
            """);
        (await one.PayAsync(ada, "k4", Order("order-4"))).Is(500, "a payment that fails");
        await database.MustAsync("what failed is not kept", """SELECT NOT EXISTS (SELECT FROM "idempotency_records" WHERE "key" LIKE '%:k4')""");
        await database.RunAsync("""DROP TRIGGER fail ON "payments"; DROP FUNCTION fail()""");
        Must((await two.PayAsync(ada, "k4", Order("order-4"))).Is(201, "the same later") is { IsReplayed: false }, "it runs anew");
        (await one.PayAsync(ada, "k5", Order("order-5", 0))).Is(422, "a payment of nothing", "payment_invalid");
        Must((await two.PayAsync(ada, "k5", Order("order-5", 0))).Is(422, "again") is { IsReplayed: true }, "what was wrong stays wrong");
        Said("a failure of the server is not kept, a refusal is");

        await database.RunAsync("""UPDATE "idempotency_records" SET "expiresAt" = now() AT TIME ZONE 'UTC' WHERE "key" LIKE '%:k1'""");
        var late = (await one.PayAsync(ada, "k1", order)).Is(201, "a day later");
        Must(!late.IsReplayed && late.Id == paid.Id, "the key is free, the reference is paid");
        (await one.PayAsync(ada, "k6", Order("order-1", 2))).Is(409, "another amount for the same reference", "reference_paid");
        Said("after a day the key is free again; what was paid stays paid");
    }

    public static object Order(string reference, long amount = 4900) => new { reference, amount, currency = "EUR" };

    public static void Must(bool holds, string what)
    {
        if (!holds)
        {
            throw new Unexpected(what);
        }
    }

    public static void Said(string what) => Console.WriteLine($"  ✓ {what}");
}
