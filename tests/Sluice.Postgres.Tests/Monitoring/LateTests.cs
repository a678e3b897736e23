using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Monitoring;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Monitoring;

/// <summary>What takes too long is left and said to be, and the rest is told.</summary>
public sealed class LateTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Counts_that_take_too_long_are_unknown_and_all_others_are_told()
    {
        // Who rebuilds an index keeps everybody waiting who plans a query of its table. Eleven such waits are longer than a look may be.
        await using var database = await TestDatabase.CreateAsync(string.Concat(Enumerable.Range(1, 11).Select(n => string.Create(CultureInfo.InvariantCulture, $"CREATE SCHEMA s{n:00}; CREATE TABLE s{n:00}.sessions (id int PRIMARY KEY, expires_at timestamptz);")))
            + "CREATE TABLE audit_logs (action text, created_at timestamptz); INSERT INTO audit_logs VALUES ('login_failed', now());");
        await using var holder = await ServerConnection.OpenAsync(DatabaseAddress.Parse(database.Url), Stop);
        await ExecuteAsync(holder, $"BEGIN; {string.Concat(Enumerable.Range(1, 11).Select(n => string.Create(CultureInfo.InvariantCulture, $"REINDEX INDEX s{n:00}.sessions_pkey;")))}");

        var look = await LookAsync(database);

        Assert.Null(look.Silence?.Message);
        var sessions = look.Judged.Where(j => j.Figure.Name == "sessions").ToList();
        Assert.Equal(11, sessions.Count);
        Assert.All(sessions, j => Assert.Equal(Verdict.Unknown, j.Check.Verdict));
        Assert.Equal("unknown: s01.sessions was not read within 5s, the time for its kind", sessions[0].Check.Value);
        Assert.Equal("1 in the last hour", look.Judged.Single(j => j.Figure.Name == "failedLogins").Check.Value);
        Assert.Empty(Breaches.Compare(Breaches.None, look));

        await ExecuteAsync(holder, "ROLLBACK");
        Assert.All((await LookAsync(database)).Judged.Where(j => j.Figure.Name == "sessions"), j => Assert.Equal(Verdict.Ok, j.Check.Verdict));
    }

    [Fact]
    public async Task A_look_that_takes_too_long_says_so_and_that_the_database_answers()
    {
        await using var database = await TestDatabase.CreateAsync("CREATE TABLE sessions (id int, expires_at timestamptz) PARTITION BY RANGE (id); CREATE TABLE sessions_1 PARTITION OF sessions FOR VALUES FROM (0) TO (9)");
        await using var holder = await ServerConnection.OpenAsync(DatabaseAddress.Parse(database.Url), Stop);
        await ExecuteAsync(holder, "BEGIN; LOCK TABLE pg_catalog.pg_inherits IN ACCESS EXCLUSIVE MODE");

        var look = await LookAsync(database);

        var check = Assert.Single(look.Report.Checks);
        Assert.Equal(("figures", Verdict.Critical, "See what is at work there: sluice doctor"), (check.Name, check.Verdict, check.Advice));
        Assert.EndsWith("answers, and its figures were not read: somebody holds for longer than 3 s a lock that the look needs.", check.Value, StringComparison.Ordinal);
        var breach = Assert.Single(Breaches.Compare(Breaches.None, look));
        var told = Breaches.After(Breaches.None, [breach]);
        Assert.Empty(Breaches.Compare(told, look));

        await ExecuteAsync(holder, "ROLLBACK");
        Assert.Equal(["figures again"], Breaches.Compare(told, await LookAsync(database)).Select(c => $"{c.Check.Name} {c.Check.Value}"));
    }

    // How many connections others have is their doing.
    private static Task<Look> LookAsync(TestDatabase database) => Look.TakeAsync(
        new RunSettings { Address = DatabaseAddress.Parse(database.Url) with { Retry = new RetryPolicy(0, TimeSpan.Zero) }, MigrationsPath = "" },
        Thresholds.Default,
        TimeSpan.FromMinutes(2),
        f => f with { Connections = 1 },
        Stop);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }
}
