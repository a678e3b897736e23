using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Audit;
using Sluice.Auth.Metrics;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Lockout;

/// <summary>
/// Decides, once a password was compared, whether its owner may be told. The comparison comes first, because a locked account must take
/// as long as any other, and the decision second, under the rows' locks: of a hundred guesses at the same moment only as many are
/// answered as one after the other would be. A right password that comes while its client is locked is refused like a wrong one.
/// </summary>
internal sealed class SignInAttempts(AuthDatabase database, AuditLog audit, Announcer announcer, IOptions<SluiceAuthOptions> options, AuthMetrics metrics)
{
    private readonly LockoutOptions limits = options.Value.Lockout;
    private readonly string rowsSql = database.Names.Sql("""
        INSERT INTO {auth_attempts} ({auth_attempts.id}, {auth_attempts.email}, {auth_attempts.ip}, {auth_attempts.failuresCount},
          {auth_attempts.lastAttemptAt}, {auth_attempts.createdAt}, {auth_attempts.updatedAt})
        VALUES ($1::{id}, $3, NULL, 0, $5, $5, $5), ($2::{id}, $3, $4, 0, $5, $5, $5) ON CONFLICT DO NOTHING
        """);

    // The account's row has no ip and is locked first, everywhere, so that no two attempts wait for each other.
    private readonly string decideSql = database.Names.Sql("""
        WITH held AS MATERIALIZED (
          SELECT {auth_attempts.id} AS id, {auth_attempts.ip} IS NULL AS whole, {auth_attempts.failuresCount} AS failures, {auth_attempts.lockedUntil} AS locked,
            {auth_attempts.lastAttemptAt} AS last, {auth_attempts.succeededAt} AS succeeded
          FROM {auth_attempts} WHERE {auth_attempts.email} = {auth_attempts.email<$1} AND ({auth_attempts.ip} IS NULL OR {auth_attempts.ip} = $2)
          ORDER BY {auth_attempts.ip} NULLS FIRST FOR UPDATE),
        known AS MATERIALIZED (SELECT $4 OR COALESCE(bool_or(NOT whole AND succeeded > $5 - $6), false) AS known FROM held),
        said AS MATERIALIZED (
          SELECT COALESCE(bool_or(locked > $5 AND (NOT whole OR NOT known)), false) AS refused, known,
            COALESCE(max(failures) FILTER (WHERE NOT whole), 0) AS before
          FROM held, known GROUP BY known),
        counted AS (
          SELECT id, whole, CASE WHEN whole THEN $8 ELSE $7 END AS allowed,
            CASE WHEN $3 THEN 0 WHEN NOT whole AND last < $5 - $9 THEN 1 ELSE LEAST(failures, 1000000) + 1 END AS failures
          FROM held),
        changed AS (
          UPDATE {auth_attempts} a SET
            {auth_attempts.failuresCount} = c.failures,
            {auth_attempts.lockedUntil} = CASE WHEN c.failures >= c.allowed THEN $5 + LEAST($10 * power(2, LEAST(c.failures - c.allowed, 40)), $11) END,
            {auth_attempts.lastAttemptAt} = $5,
            {auth_attempts.updatedAt} = $5
            {auth_attempts.succeededAt?, {auth_attempts.succeededAt} = CASE WHEN $3 AND NOT c.whole THEN $5 ELSE a.{auth_attempts.succeededAt} END?}
          FROM counted c, said WHERE a.{auth_attempts.id} = c.id AND NOT said.refused
          RETURNING c.whole, a.{auth_attempts.lockedUntil} AS until)
        SELECT refused, known, before, (SELECT until FROM changed WHERE NOT whole), (SELECT until FROM changed WHERE whole) FROM said
        """);
    private readonly string unlockSql = database.Names.Sql("""
        UPDATE {auth_attempts} SET {auth_attempts.failuresCount} = 0, {auth_attempts.lockedUntil} = NULL, {auth_attempts.updatedAt} = $2 WHERE {auth_attempts.email} = {auth_attempts.email<$1}
        """);

    /// <param name="isRight">Whether the password was right and the account may sign in.</param>
    public async Task<SignInDecision> DecideAsync(Attempt attempt, bool isRight, CancellationToken cancellation)
    {
        var email = ClientKey.OfAccount(attempt.Account);
        var client = new Seen(attempt.Account, attempt.Client, attempt.Device).Key;
        SignInDecision? decision = null;
        IReadOnlyList<AuditEvent> events = [];
        // A right password that is refused goes the way of a wrong one, statement by statement: what it costs the database tells nothing of it.
        await database.ChangeAsync(
            [
                AuthDatabase.InBatch(rowsSql, database.NewId(), database.NewId(), email, client, database.Now),
                AuthDatabase.InBatch(
                    decideSql, email, client, isRight, attempt.Device is not null, database.Now, limits.KnownFor,
                    limits.FailuresPerClient, limits.FailuresPerAccount, limits.ForgetClientAfter, limits.FirstLock, limits.LongestLock),
            ],
            async reader =>
            {
                await reader.ReadAsync(cancellation);
                decision = new SignInDecision(isRight && !reader.GetBoolean(0), reader.GetBoolean(0), reader.GetBoolean(1), reader.GetInt32(2), reader.UtcOrNull(3), reader.UtcOrNull(4));
            },
            () => (events = [.. Events(attempt, decision!)]).Select(audit.Entry),
            cancellation);
        Count(decision!);
        await announcer.AnnounceAsync(events, cancellation);
        return decision!;
    }

    /// <summary>Ends every lock of an account, for the batch of what justifies it: a new password, an administrator.</summary>
    public NpgsqlBatchCommand Unlocking(string account) => AuthDatabase.InBatch(unlockSql, ClientKey.OfAccount(account), database.Now);

    // What succeeds is written with what it was for.
    private static IEnumerable<AuditEvent> Events(Attempt attempt, SignInDecision decision)
    {
        if (!decision.IsAdmitted)
        {
            yield return Of(decision.IsLocked ? attempt.Locked : attempt.Failed);
        }

        if (decision.ClientLockedUntil is { } client)
        {
            yield return Of("client_locked") with { New = new JsonObject { ["lockedUntil"] = client } };
        }

        if (decision.AccountLockedUntil is { } account)
        {
            yield return Of("account_locked") with { New = new JsonObject { ["lockedUntil"] = account } };
        }

        AuditEvent Of(string action) => AuditEvent.Of(action, attempt.UserId, attempt.SessionId, attempt.Client);
    }

    private void Count(SignInDecision decision)
    {
        metrics.SignIn(decision.IsAdmitted ? "ok" : decision.IsLocked ? "locked" : "failed");
        if (decision.LockedClient)
        {
            metrics.Lockout("client");
        }

        if (decision.LockedAccount)
        {
            metrics.Lockout("account");
        }
    }
}

/// <summary>A password that was compared, for an account from a client.</summary>
/// <param name="Account">The account's address; where there is none, what was typed.</param>
/// <param name="Device">What <see cref="DeviceCookie"/> has read.</param>
internal sealed record Attempt(string Account, string? UserId, Client Client, string? Device)
{
    /// <summary>Of who is signed in already, and confirms it.</summary>
    public string? SessionId { get; init; }

    /// <summary>What the audit calls it when it fails.</summary>
    public string Failed { get; init; } = "login_failed";

    /// <summary>And when it is refused because of what came before.</summary>
    public string Locked { get; init; } = "login_locked";
}

/// <param name="IsAdmitted">The only part that the client may learn.</param>
/// <param name="IsLocked">It was refused because of what came before.</param>
/// <param name="IsKnown">The right password came from this client or device before.</param>
/// <param name="FailuresBefore">Wrong passwords in a row from this client before this attempt.</param>
/// <param name="ClientLockedUntil">This attempt locked its client.</param>
/// <param name="AccountLockedUntil">This attempt locked the account to unknown clients.</param>
internal sealed record SignInDecision(bool IsAdmitted, bool IsLocked, bool IsKnown, int FailuresBefore, DateTime? ClientLockedUntil, DateTime? AccountLockedUntil)
{
    public bool LockedClient => ClientLockedUntil is not null;

    public bool LockedAccount => AccountLockedUntil is not null;
}
