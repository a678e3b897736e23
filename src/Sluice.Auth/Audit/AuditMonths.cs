using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Audit;

/// <summary>
/// The partitions of the audit log: made ahead, dropped whole when they are past retention. They live in a schema of their own,
/// so that no schema file needs to follow the calendar. A table that is not partitioned loses its old rows in batches.
/// </summary>
internal sealed class AuditMonths(AuthDatabase database, IOptions<SluiceAuthOptions> options)
{
    private const int Ahead = 2;

    private readonly string schema = database.Names.Schema == "public" ? "sluice_audit" : database.Names.Schema + "_audit";
    private readonly string parent = database.Names.Sql("{audit_logs}");
    private readonly string isPartitionedSql = "SELECT relkind = 'p' FROM pg_catalog.pg_class WHERE oid = $1::regclass";
    private readonly string monthsSql = """
        SELECT format('%I.%I', n.nspname, c.relname)
        FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE i.inhparent = $1::regclass
          AND (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)''\)$'))[1]::timestamptz <= $2
        ORDER BY 1
        """;
    private readonly string oldRowsSql = database.Names.Sql("""
        WITH old AS MATERIALIZED (
          SELECT {audit_logs.id} AS id, {audit_logs.createdAt} AS at FROM {audit_logs} WHERE {audit_logs.createdAt} < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
        DELETE FROM {audit_logs} l USING old WHERE l.{audit_logs.id} = old.id AND l.{audit_logs.createdAt} = old.at
        """);
    private readonly string oldSealsSql = database.Names.Sql("""
        DELETE FROM {audit_seals} WHERE {audit_seals.position} = ANY (ARRAY(
          SELECT {audit_seals.position} FROM {audit_seals}
          WHERE {audit_seals.position} < (SELECT COALESCE(min(k.{audit_seals.position}) FILTER (WHERE k.{audit_seals.loggedAt} >= $1) - 1, max(k.{audit_seals.position})) FROM {audit_seals} k)
          ORDER BY 1 LIMIT $2 FOR UPDATE SKIP LOCKED))
        """);

    // Whole months, so that a partition goes without any of its rows being looked at.
    private DateTime Oldest => Month(database.Now - options.Value.Upkeep.AuditRetention);

    /// <summary>Makes the partitions of this month and the next, where the table has partitions.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        await using var asking = database.Command(isPartitionedSql, parent);
        if (await asking.ExecuteScalarAsync(cancellation) is not true)
        {
            return;
        }

        for (var i = 0; i <= Ahead; i++)
        {
            await MakeAsync(Month(database.Now).AddMonths(i), cancellation);
        }
    }

    /// <summary>Drops the months that are past retention.</summary>
    /// <returns>How many.</returns>
    public async Task<int> DropAsync(CancellationToken cancellation)
    {
        var months = new List<string>();
        await using (var asking = database.Command(monthsSql, parent, Oldest))
        await using (var reader = await asking.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                months.Add(reader.GetString(0));
            }
        }

        foreach (var month in months)
        {
            await AlterAsync($"DROP TABLE {month}", cancellation);
        }

        return months.Count;
    }

    /// <summary>Removes some of the rows that are past retention and lie in no month of their own.</summary>
    public async Task<int> DeleteRowsAsync(int batch, CancellationToken cancellation) => await DeleteAsync(oldRowsSql, batch, cancellation);

    /// <summary>Removes some of the seals of what is gone, all but the last.</summary>
    public async Task<int> DeleteSealsAsync(int batch, CancellationToken cancellation) => await DeleteAsync(oldSealsSql, batch, cancellation);

    private async Task<int> DeleteAsync(string sql, int batch, CancellationToken cancellation)
    {
        await using var command = database.Command(sql, Oldest, batch);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task MakeAsync(DateTime month, CancellationToken cancellation)
    {
        var name = Names.Quote(schema) + "." + Names.Quote(database.Names.Bare("audit_logs") + month.ToString("_yyyy_MM", CultureInfo.InvariantCulture));
        await using (var asking = database.Command("SELECT to_regclass($1) IS NOT NULL", name))
        {
            if (await asking.ExecuteScalarAsync(cancellation) is true)
            {
                return;
            }
        }

        try
        {
            // Attaching lets readers of the table go on; creating it as a partition would not. Writers wait, and find the month: a row of it that
            // is on its way to the partition for the rest would be refused there.
            await AlterAsync(
                $"""
                LOCK TABLE ONLY {parent} IN SHARE ROW EXCLUSIVE MODE;
                CREATE SCHEMA IF NOT EXISTS {Names.Quote(schema)};
                CREATE TABLE {name} (LIKE {parent} INCLUDING ALL);
                ALTER TABLE {parent} ATTACH PARTITION {name} FOR VALUES FROM ('{Bound(month)}') TO ('{Bound(month.AddMonths(1))}')
                """,
                cancellation);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.CheckViolation)
        {
            // Rows of this month are in the partition for the rest already; there they stay, and go in batches a year later.
        }
        catch (PostgresException done) when (done.SqlState == PostgresErrorCodes.DuplicateTable)
        {
            // By another node, for which this one waited.
        }
    }

    // All or nothing, and for no lock longer than this, since everybody else waits behind it.
    private async Task AlterAsync(string sql, CancellationToken cancellation)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var command = new NpgsqlCommand($"SET LOCAL lock_timeout = '2s'; {sql}", connection);
        await command.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static DateTime Month(DateTime time) => new(time.Year, time.Month, 1, 0, 0, 0, DateTimeKind.Utc);

    private static string Bound(DateTime time) => time.ToString("yyyy-MM-dd 00:00:00+00", CultureInfo.InvariantCulture);
}
