using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Audit;

/// <summary>
/// Chains the rows of the audit log by hash, a moment after they were committed. A chain that each sign-in prolonged itself would
/// have them wait for one another's commit; so one node at a time does it for all. The price: what is younger than
/// <see cref="UpkeepOptions.AuditSealing"/> is not sealed yet.
/// </summary>
internal sealed class AuditSeals(AuthDatabase database, IOptions<SluiceAuthOptions> options)
{
    private const long Lock = 0x5_1CE_A0D1;
    /// <summary>Rows in one go.</summary>
    public const int Most = 1000;

    private const int MostFindings = 100;

    // A transaction may commit its rows this much later than it dated them.
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(10);

    private static readonly string[] Columns =
        ["id", "userId", "sessionId", "ipAddress", "userAgent", "action", "resource", "resourceId", "oldValues", "newValues", "requestId"];

    private static readonly string Row =
        string.Join(", ", Columns.Select(c => $"l.{{audit_logs.{c}}}::text")) + ", (extract(epoch FROM l.{audit_logs.createdAt}) * 1000000)::bigint::text";

    // Those of secrets before have made the older part of the chain, and none after it.
    private readonly byte[][] keys = [.. options.Value.PreviousSecrets.Prepend(options.Value.Secret).Select(Sealing.Key)];
    private readonly string headSql = database.Names.Sql("""
        SELECT s.{audit_seals.position}, s.{audit_seals.seal}, (SELECT max(m.{audit_seals.loggedAt}) FROM {audit_seals} m)
        FROM {audit_seals} s ORDER BY 1 DESC LIMIT 1
        """);
    private readonly string nextSql = database.Names.Sql($$"""
        SELECT l.{audit_logs.createdAt}, {{Row}} FROM {audit_logs} l
        WHERE l.{audit_logs.createdAt} >= $1 AND NOT EXISTS (SELECT FROM {audit_seals} s WHERE s.{audit_seals.logId} = l.{audit_logs.id})
        ORDER BY l.{audit_logs.createdAt}, l.{audit_logs.id} LIMIT $2
        """);
    private readonly string insertSql = database.Names.Sql("""
        INSERT INTO {audit_seals} ({audit_seals.position}, {audit_seals.logId}, {audit_seals.seal}, {audit_seals.loggedAt})
        SELECT p, i::{id}, s, t FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::timestamptz[]) AS n(p, i, s, t)
        """);
    private readonly string allSql = database.Names.Sql($$"""
        SELECT s.{audit_seals.position}, s.{audit_seals.seal}, s.{audit_seals.loggedAt}, s.{audit_seals.logId}::text, {{Row}}
        FROM {audit_seals} s LEFT JOIN {audit_logs} l ON l.{audit_logs.id} = s.{audit_seals.logId} AND l.{audit_logs.createdAt} = s.{audit_seals.loggedAt}
        ORDER BY 1
        """);
    private readonly string unsealedSql = database.Names.Sql("""
        SELECT l.{audit_logs.id}::text FROM {audit_logs} l
        WHERE l.{audit_logs.createdAt} < $1 AND NOT EXISTS (SELECT FROM {audit_seals} s WHERE s.{audit_seals.logId} = l.{audit_logs.id})
        ORDER BY l.{audit_logs.createdAt} LIMIT $2
        """);

    /// <summary>Seals what is there, a bounded part of it.</summary>
    /// <returns>How many rows; 0 also when another node is at it.</returns>
    public async Task<int> SealAsync(CancellationToken cancellation)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var locking = Command(connection, "SELECT pg_try_advisory_xact_lock($1)", Lock))
        {
            if (await locking.ExecuteScalarAsync(cancellation) is not true)
            {
                return 0;
            }
        }

        var (position, seal, newest) = await HeadAsync(connection, cancellation);
        var rows = new List<(DateTime Time, string?[] Row)>();
        await using (var next = Command(connection, nextSql, newest - Late ?? DateTime.MinValue.ToUniversalTime(), Most))
        await using (var reader = await next.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                rows.Add((reader.GetDateTime(0), Texts(reader, 1)));
            }
        }

        var seals = new List<byte[]>(rows.Count);
        foreach (var (_, row) in rows)
        {
            seals.Add(seal = Sealing.Of(keys[0], seal, position + seals.Count + 1, row));
        }

        await using (var insert = Command(
            connection,
            insertSql,
            Enumerable.Range(1, rows.Count).Select(i => position + i).ToArray(),
            rows.Select(r => r.Row[0]!).ToArray(),
            seals.ToArray(),
            rows.Select(r => r.Time).ToArray()))
        {
            await insert.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return rows.Count;
    }

    /// <summary>Walks the chain and compares every row with its seal.</summary>
    /// <param name="knownHead">A head that an earlier walk, or the service's log, has given: the chain must still hold it. Without one
    /// nobody can tell a chain from the same chain cut short.</param>
    public async Task<AuditVerdict> VerifyAsync(string? knownHead, CancellationToken cancellation)
    {
        var findings = new List<string>();
        var expired = database.Now - options.Value.Upkeep.AuditRetention;
        var (last, before, known) = (0L, Sealing.First, knownHead is null);
        var (at, older) = (keys.Length - 1, (Count: 0L, Last: (DateTime?)null));
        await using (var all = database.Command(allSql))
        await using (var reader = await all.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                var (position, seal, time, id) = (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetDateTime(2), reader.GetString(3));
                var row = Texts(reader, 4);
                // Retention leaves the last of what it removed, for the next to stand on.
                var isAnchor = last == 0 && position > 1;
                if (!isAnchor && position != last + 1)
                {
                    findings.Add($"seals {last + 1} to {position - 1} are missing");
                }
                else if (!isAnchor && row[0] is null && time >= expired)
                {
                    findings.Add($"entry {position}: row {id} is missing");
                }
                else if (!isAnchor && row[0] is not null)
                {
                    var by = Array.FindLastIndex(keys, at, k => CryptographicOperations.FixedTimeEquals(seal, Sealing.Of(k, before, position, row)));
                    if (by < 0)
                    {
                        findings.Add($"entry {position}: row {id}, or a seal, was altered");
                    }

                    at = by < 0 ? at : by;
                    older = by > 0 ? (older.Count + 1, time) : older;
                }

                (last, before) = (position, seal);
                known |= Head(position, seal) == knownHead;
                if (findings.Count >= MostFindings)
                {
                    break;
                }
            }
        }

        if (!known && findings.Count < MostFindings)
        {
            findings.Add($"the head {knownHead} is not in the chain: it was cut short, or made anew");
        }

        findings.AddRange((await UnsealedAsync(cancellation)).Select(id => $"row {id} has no seal"));
        return new AuditVerdict(last, last == 0 ? null : Head(last, before), findings) { Older = older.Count, OlderUntil = older.Last + options.Value.Upkeep.AuditRetention };
    }

    // Grace for sealing to come round, and for a transaction that was long.
    private async Task<List<string>> UnsealedAsync(CancellationToken cancellation)
    {
        await using var command = database.Command(unsealedSql, database.Now - Late - options.Value.Upkeep.AuditSealing, MostFindings);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    private async Task<(long Position, byte[] Seal, DateTime? Newest)> HeadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = Command(connection, headSql);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetDateTime(2))
            : (0, Sealing.First, null);
    }

    private static string Head(long position, byte[] seal) => string.Create(CultureInfo.InvariantCulture, $"{position}:{Convert.ToHexStringLower(seal)}");

    private static string?[] Texts(NpgsqlDataReader reader, int from) =>
        [.. Enumerable.Range(from, Columns.Length + 1).Select(reader.TextOrNull)];

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}

/// <param name="Entries">The last position.</param>
/// <param name="Head">To be kept elsewhere, and given to the next walk.</param>
/// <param name="Findings">Empty when the log is as it was written.</param>
internal sealed record AuditVerdict(long Entries, string? Head, IReadOnlyList<string> Findings)
{
    /// <summary>Entries that a Secret of before has sealed.</summary>
    public long Older { get; init; }

    /// <summary>When the last of them goes; null where there are none.</summary>
    public DateTime? OlderUntil { get; init; }
}
