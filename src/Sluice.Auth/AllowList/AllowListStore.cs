using Npgsql;
using Sluice.Auth.Storage;

namespace Sluice.Auth.AllowList;

/// <summary>The list in the database.</summary>
internal sealed class AllowListStore(AuthDatabase database)
{
    private readonly string add = database.Names.Sql("""
        INSERT INTO {allowlist} ({allowlist.entry}, {allowlist.reason}, {allowlist.addedBy}, {allowlist.addedAt}) VALUES ($1, $2, $3::{id}, $4) ON CONFLICT DO NOTHING
        """);

    private readonly string remove = database.Names.Sql("DELETE FROM {allowlist} WHERE {allowlist.entry} = $1");

    private readonly string mark = database.Names.Has("users.isWhitelisted")
        ? database.Names.Sql("""
            UPDATE {users} SET {users.isWhitelisted} = $2, {users.updatedAt} = $3
            WHERE {users.email} = {users.email<$1} AND {users.deletedAt} IS NULL AND {users.isWhitelisted} <> $2
            """)
        : "";

    private readonly string list = database.Names.Sql("""
        SELECT {allowlist.entry}, {allowlist.reason}, {allowlist.addedBy}::text, {allowlist.addedAt} FROM {allowlist}
        WHERE {allowlist.entry} > $1 ORDER BY {allowlist.entry} LIMIT $2
        """);

    /// <summary>Affects no row where it is there already.</summary>
    public NpgsqlBatchCommand Adding(string entry, string? reason, string? by) => AuthDatabase.InBatch(add, entry, reason, by, database.Now);

    public NpgsqlBatchCommand Removing(string entry) => AuthDatabase.InBatch(remove, entry);

    /// <summary>The account with this address is allowed by itself, or no longer. None where the table of users has no column for it.</summary>
    public NpgsqlBatchCommand[] Marking(string entry, bool isAllowed) =>
        mark.Length == 0 || Entry.IsDomain(entry) ? [] : [AuthDatabase.InBatch(mark, entry, isAllowed, database.Now)];

    /// <param name="after">The last entry that the reader has; empty for the first page.</param>
    public async Task<List<AllowedEntry>> ListAsync(string after, int most, CancellationToken cancellation)
    {
        await using var command = database.Command(list, after, most);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var entries = new List<AllowedEntry>();
        while (await reader.ReadAsync(cancellation))
        {
            entries.Add(new AllowedEntry(reader.GetString(0), reader.TextOrNull(1), reader.TextOrNull(2), reader.Utc(3)));
        }

        return entries;
    }
}
