using Npgsql;
using static Payments.Walk.SentAgain;

namespace Payments.Walk;

/// <summary>Wrong passwords: counted for an address and the network address they come from, and for the address from anywhere.</summary>
internal static class Guesses
{
    public const int PerClient = 5;
    public const int PerAccount = 12;

    private const string Here = "192.0.2.1";

    public static async Task WalkAsync(Service one, Service two, NpgsqlDataSource database)
    {
        var (ada, _) = await one.RegisterAsync("ada");

        for (var i = 0; i < PerClient; i++)
        {
            (await (i % 2 == 0 ? one : two).SignInAsync(ada, "guess", Here)).Is(401, "a wrong password");
        }

        var lockedFor = """SELECT round(extract(epoch FROM "lockedUntil" - "lastAttemptAt"))::int FROM "auth_attempts" WHERE "email" = $1 AND "ip" = $2""";
        Must(await database.AskAsync<int>(lockedFor, ada, Here) == 60, "the first lock is a minute");
        (await two.SignInAsync(ada, Service.Password, Here)).Is(401, "the right password, from where the guesses came", "invalid_credentials");
        var known = (await two.SignInAsync(ada, Service.Password, "192.0.2.2")).Is(200, "the right password from elsewhere").Cookie;
        Said($"{PerClient} wrong passwords at two servers: that network address waits a minute, others do not");

        foreach (var seconds in new[] { 120, 240, 480 })
        {
            await database.RunAsync("""UPDATE "auth_attempts" SET "lockedUntil" = "lastAttemptAt" WHERE "email" = $1 AND "ip" = $2""", ada, Here);
            (await one.SignInAsync(ada, "guess", Here)).Is(401, "another wrong one, when the lock is over");
            Must(await database.AskAsync<int>(lockedFor, ada, Here) == seconds, $"the next lock is {seconds} s");
        }

        Said("each further one doubles the wait");

        for (var i = 0; i < PerAccount; i++)
        {
            await one.SignInAsync(ada, "guess", $"198.51.100.{i}");
        }

        await database.MustAsync("the row without a network address is locked", """SELECT "failuresCount" >= $2 AND "lockedUntil" > now() AT TIME ZONE 'UTC' FROM "auth_attempts" WHERE "email" = $1 AND "ip" IS NULL""", ada, PerAccount);
        (await two.SignInAsync(ada, Service.Password, "203.0.113.9")).Is(401, "the right password from a stranger's address");
        (await two.SignInAsync(ada, Service.Password, "203.0.113.9", known)).Is(200, "and from the browser that was here before");
        await database.MustAsync("which ends the lock", """SELECT "failuresCount" = 0 AND "lockedUntil" IS NULL FROM "auth_attempts" WHERE "email" = $1 AND "ip" IS NULL""", ada);
        Said($"{PerAccount} from anywhere: strangers wait, the browser that was here before does not");

        var (bob, _) = await one.RegisterAsync("bob");
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? one : two).SignInAsync(bob, "guess", $"198.51.100.{i}")));
        await database.MustAsync("one row counts them", """SELECT count(*) = 1 AND max("failuresCount") = $2 FROM "auth_attempts" WHERE "email" = $1 AND "ip" IS NULL""", bob, PerAccount);
        Said("forty at once from forty addresses are counted in one row, and answered as one after the other would be");
    }
}
