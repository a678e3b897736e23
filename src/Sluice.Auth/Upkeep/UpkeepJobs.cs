using Microsoft.Extensions.Options;
using Sluice.Auth.Audit;
using Sluice.Auth.Metrics;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Upkeep;

/// <summary>What no request needs any more, removed in bounded statements that wait for nobody.</summary>
internal sealed class UpkeepJobs
{
    private const long FirstLock = 0x5_1CE_0C1E;
    private static readonly TimeSpan Daily = TimeSpan.FromDays(1);
    private static readonly TimeSpan ReadNotifications = TimeSpan.FromDays(90);
    private static readonly TimeSpan Weekly = TimeSpan.FromDays(7);

    private readonly AuthDatabase database;
    private readonly AuthMetrics metrics;
    private readonly TimeProvider clock;
    private readonly int batch;
    private readonly string lastSql;
    private readonly string endSql;

    public UpkeepJobs(AuthDatabase database, AuditMonths months, AuditSeals seals, IEnumerable<UpkeepJob> others, IOptions<SluiceAuthOptions> options, AuthMetrics metrics, TimeProvider clock)
    {
        var upkeep = options.Value.Upkeep;
        (this.database, this.metrics, this.clock, batch) = (database, metrics, clock, upkeep.Batch);
        lastSql = database.Names.Sql("SELECT {upkeep_runs.endedAt} FROM {upkeep_runs} WHERE {upkeep_runs.job} = $1");
        endSql = database.Names.Sql("""
            INSERT INTO {upkeep_runs} ({upkeep_runs.job}, {upkeep_runs.endedAt}, {upkeep_runs.removed}) VALUES ($1, $2, $3)
            ON CONFLICT ({upkeep_runs.job}) DO UPDATE SET {upkeep_runs.endedAt} = excluded.{upkeep_runs.endedAt}, {upkeep_runs.removed} = excluded.{upkeep_runs.removed}
            """);
        All =
        [
            new("tokens", "tokens", Daily, Rows("token_blacklist", "id", "{token_blacklist.expiresAt} < $1", TimeSpan.Zero)),
            new("rate_limits", "tokens", Daily, Rows("rate_limits", "key", "{rate_limits.wholeAt} < $1", TimeSpan.Zero)),
            new("idempotency", "tokens", Daily, Rows("idempotency_records", "id", "{idempotency_records.expiresAt} < $1", TimeSpan.Zero)),
            new("challenges", "tokens", Daily, Rows("mfa_challenges", "tokenHash", "{mfa_challenges.expiresAt} < $1", TimeSpan.Zero)),
            new("trusted_devices", "tokens", Daily, Rows("trusted_devices", "id", "{trusted_devices.expiresAt} < $1", TimeSpan.Zero)),
            new("email_log", "tokens", Daily, Rows("email_logs", "id", "{email_logs.createdAt} < $1", options.Value.Mail.KeepLog)),
            new("reset_links", "tokens", Daily, Rows("password_reset_tokens", "userId", "{password_reset_tokens.expiresAt} < $1", TimeSpan.Zero)),
            new("confirmation_links", "tokens", Daily, Rows("email_verification_tokens", "userId", "{email_verification_tokens.expiresAt} < $1", TimeSpan.Zero)),
            new("email_changes", "tokens", Daily, Rows("email_changes", "userId", "{email_changes.expiresAt} < $1", TimeSpan.Zero)),
            new("invitations", "tokens", Daily, Rows("invitations", "email", "{invitations.expiresAt} < $1", TimeSpan.Zero)),
            new("role_grants", "tokens", Daily, Rows("role_grants", null, "{role_grants.expiresAt} < $1", TimeSpan.Zero)),
            new("notifications", "tokens", Daily, Rows("notifications", "id", "{notifications.readAt} < $1", ReadNotifications)),
            // A second use is known for a day.
            new("authorization_codes", "tokens", Daily, Rows("authorization_codes", "codeHash", "{authorization_codes.expiresAt} < $1", Daily)),
            new("sessions", "sessions", Daily, Rows("sessions", "id", "{sessions.expiresAt} < $1", TimeSpan.Zero)),
            new("idle_sessions", "sessions", Weekly, Rows("sessions", "id", "{sessions.lastUsedAt} < $1", upkeep.IdleSessions)),
            // A lock lasts minutes, what is known of a client as long as it is believed.
            new("attempts", "sessions", Daily, Rows("auth_attempts", "id", "{auth_attempts.lastAttemptAt} < $1", options.Value.Lockout.KnownFor)),
            new("audit_sealing", "audit", Daily, (_, cancellation) => seals.SealAsync(cancellation)),
            new("audit_months", "audit", Daily, async (_, cancellation) =>
            {
                await months.PrepareAsync(cancellation);
                return await months.DropAsync(cancellation);
            }),
            new("audit_rows", "audit", Daily, months.DeleteRowsAsync),
            new("audit_seals", "audit", Daily, months.DeleteSealsAsync),
            new("provider_sign_ins", "tokens", Daily, Rows("provider_sign_ins", "stateHash", "{provider_sign_ins.expiresAt} < $1", TimeSpan.Zero)),
            // Of rooms that this one does not know.
            .. others,
        ];
    }

    public IReadOnlyList<UpkeepJob> All { get; }

    /// <summary>Runs every job of a group now, whenever it ran last. What `sluice-auth cleanup` does.</summary>
    /// <returns>Rows removed by each job; null where another node is at it.</returns>
    public async Task<IReadOnlyList<(string Job, long? Removed)>> RunGroupAsync(string group, CancellationToken cancellation)
    {
        var done = new List<(string, long?)>();
        foreach (var job in All.Where(j => j.Group == group))
        {
            done.Add((job.Name, await RunAsync(job, isForced: true, cancellation)));
        }

        return done;
    }

    /// <summary>Runs a job on one node, when it is due or forced.</summary>
    /// <returns>Rows removed; null when it was not due, or another node is at it.</returns>
    public async Task<long?> RunAsync(UpkeepJob job, bool isForced, CancellationToken cancellation)
    {
        await using var leading = await Leader.TryAsync(database, FirstLock + Position(job), cancellation);
        if (leading is null || (!isForced && !await IsDueAsync(job, cancellation)))
        {
            return null;
        }

        var start = clock.GetTimestamp();
        var removed = 0L;
        int some;
        do
        {
            removed += some = await job.Batch(batch, cancellation);
        }
        while (some >= batch);

        await using var end = database.Command(endSql, job.Name, database.Now, removed);
        await end.ExecuteNonQueryAsync(cancellation);
        metrics.JobEnded(job.Name, removed, clock.GetElapsedTime(start));
        return removed;
    }

    private async Task<bool> IsDueAsync(UpkeepJob job, CancellationToken cancellation)
    {
        await using var command = database.Command(lastSql, job.Name);
        return await command.ExecuteScalarAsync(cancellation) is not DateTime last || last + job.Every <= database.Now;
    }

    private int Position(UpkeepJob job) => Enumerable.Range(0, All.Count).First(i => All[i].Name == job.Name);

    /// <param name="key">Null where it is more than one column: then a row is found by its place, which it keeps while it is locked.</param>
    private Func<int, CancellationToken, Task<int>> Rows(string table, string? key, string old, TimeSpan age)
    {
        var at = key is null ? "ctid" : $"{{{table}.{key}}}";
        // The array is made once; as a subquery, the planner may ask for it again and take more than a batch.
        var sql = database.Names.Sql($$"""
            DELETE FROM {{{table}}} WHERE {{at}} = ANY (ARRAY(SELECT {{at}} FROM {{{table}}} WHERE {{old}} LIMIT $2 FOR UPDATE SKIP LOCKED))
            """);
        return async (most, cancellation) =>
        {
            await using var command = database.Command(sql, database.Now - age, most);
            return await command.ExecuteNonQueryAsync(cancellation);
        };
    }
}
