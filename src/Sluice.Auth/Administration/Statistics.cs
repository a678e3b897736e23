using Npgsql;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Administration;

/// <summary>What somebody who is responsible looks at first. Counted by indexes, but for the accounts, which are walked once.</summary>
internal sealed class Statistics(AuthDatabase database)
{
    private static readonly int[] Windows = [24, 7 * 24];

    // The action, and the figure that it counts for.
    private static readonly string[] Actions =
    [
        "register", "account_created", "login", "login_failed", "login_locked", "client_locked", "account_locked", "refresh_reuse_detected", "password_reset",
    ];

    private readonly string accounts = database.Names.Sql("""
        SELECT count(*) FILTER (WHERE {users.deletedAt} IS NULL), count(*) FILTER (WHERE {users.deletedAt} IS NULL AND NOT {users.isActive}),
          count(*) FILTER (WHERE {users.deletedAt} IS NULL AND {users.emailVerified>} IS NULL), count(*) FILTER (WHERE {users.deletedAt} IS NOT NULL) FROM {users}
        """);

    private readonly string factors = database.Names.Sql("""
        SELECT count(DISTINCT f.{mfa_factors.userId}) FROM {mfa_factors} f JOIN {users} u ON u.{users.id} = f.{mfa_factors.userId}
        WHERE f.{mfa_factors.activatedAt} IS NOT NULL AND u.{users.deletedAt} IS NULL
        """);

    private readonly string locked = database.Names.Sql("""
        SELECT count(*) FROM (
          SELECT l.{account_locks.userId} FROM {account_locks} l JOIN {users} u ON u.{users.id} = l.{account_locks.userId}
          WHERE u.{users.deletedAt} IS NULL AND (l.{account_locks.endsAt} IS NULL OR l.{account_locks.endsAt} > $1)
          UNION SELECT x.{users.id} FROM {auth_attempts} a JOIN {users} x ON x.{users.email} = a.{auth_attempts.email} WHERE a.{auth_attempts.lockedUntil} > $1 AND x.{users.deletedAt} IS NULL) locked
        """);

    private readonly string sessions = database.Names.Sql("SELECT count(*) FROM {sessions} WHERE {sessions.expiresAt} > $1");

    private readonly string events = database.Names.Sql("""
        SELECT {audit_logs.action}, count(*) FILTER (WHERE {audit_logs.createdAt} > $2), count(*) FROM {audit_logs} WHERE {audit_logs.action} = ANY ($1::text[]) AND {audit_logs.createdAt} > $3 GROUP BY 1
        """);

    private readonly string mails = database.Names.Sql("""
        SELECT {email_logs.status}, count(*) FILTER (WHERE {email_logs.createdAt} > $1), count(*) FROM {email_logs} WHERE {email_logs.createdAt} > $2 GROUP BY 1
        """);

    public async Task<SecurityStatistics> ReadAsync(CancellationToken cancellation)
    {
        var now = database.Now;
        await using var batch = database.Source.CreateBatch();
        var (day, week) = (now.AddHours(-Windows[0]), now.AddHours(-Windows[1]));
        NpgsqlBatchCommand[] asked =
        [
            AuthDatabase.InBatch(accounts), AuthDatabase.InBatch(factors), AuthDatabase.InBatch(locked, now), AuthDatabase.InBatch(sessions, now),
            AuthDatabase.InBatch(events, Actions, day, week), AuthDatabase.InBatch(mails, day, week),
        ];
        foreach (var command in asked)
        {
            batch.BatchCommands.Add(command);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var (total, disabled, unverified, deleted) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
        var (withFactor, isLocked, living) = (await NextAsync(), await NextAsync(), await NextAsync());
        var (happened, mailed) = (await NextByWindowAsync(), await NextByWindowAsync());
        return new SecurityStatistics(
            now, new AccountFigures(total, disabled, isLocked, unverified, deleted, withFactor, total == 0 ? 0 : Math.Round((double)withFactor / total, 4)), living,
            [.. Windows.Select((hours, i) => Figures(hours, action => happened.GetValueOrDefault(action)?[i] ?? 0, status => mailed.GetValueOrDefault(status)?[i] ?? 0))]);

        async Task<long> NextAsync()
        {
            await reader.NextResultAsync(cancellation);
            await reader.ReadAsync(cancellation);
            return reader.GetInt64(0);
        }

        async Task<Dictionary<string, long[]>> NextByWindowAsync()
        {
            await reader.NextResultAsync(cancellation);
            var counts = new Dictionary<string, long[]>(StringComparer.Ordinal);
            while (await reader.ReadAsync(cancellation))
            {
                counts[reader.GetString(0)] = [reader.GetInt64(1), reader.GetInt64(2)];
            }

            return counts;
        }
    }

    private static WindowFigures Figures(int hours, Func<string, long> events, Func<string, long> mails) => new(
        hours, events("register") + events("account_created"), events("login"), events("login_failed") + events("login_locked"), events("client_locked") + events("account_locked"),
        events("refresh_reuse_detected"), events("password_reset"), mails("SENT"), mails("FAILED"), mails("BOUNCED"));
}
