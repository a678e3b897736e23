using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Notifications;

/// <summary>Notifications in the database.</summary>
internal sealed class NotificationStore(AuthDatabase database)
{
    private readonly string add = database.Names.Sql("""
        INSERT INTO {notifications} ({notifications.id}, {notifications.userId}, {notifications.type}, {notifications.title}, {notifications.data}, {notifications.createdAt})
        SELECT $1::{id}, u.{users.id}, $3, $4, $5::jsonb, $6 FROM {users} u
        WHERE u.{users.id} = $2::{id} AND u.{users.deletedAt} IS NULL AND (NOT $7 OR u.{users.lastLoginAt} IS NOT NULL)
        """);

    // Before a first page stands infinity, which the index finds like any other place.
    private readonly string list = database.Names.Sql("""
        SELECT {notifications.id}::text, {notifications.type}, {notifications.title}, {notifications.data}::text, {notifications.createdAt}, {notifications.readAt} FROM {notifications}
        WHERE {notifications.userId} = $1::{id} AND ({notifications.createdAt}, {notifications.id}) < ($2, $3::{id}) AND (NOT $4 OR {notifications.readAt} IS NULL)
        ORDER BY {notifications.createdAt} DESC, {notifications.id} DESC LIMIT $5
        """);

    private readonly string unread = database.Names.Sql("SELECT count(*) FROM {notifications} WHERE {notifications.userId} = $1::{id} AND {notifications.readAt} IS NULL");

    // Read again it stays read since the first time.
    private readonly string read = database.Names.Sql("""
        UPDATE {notifications} SET {notifications.readAt} = COALESCE({notifications.readAt}, $3) WHERE {notifications.id} = $1::{id} AND {notifications.userId} = $2::{id}
        """);

    private readonly string readAll = database.Names.Sql("UPDATE {notifications} SET {notifications.readAt} = $2 WHERE {notifications.userId} = $1::{id} AND {notifications.readAt} IS NULL");

    /// <summary>For the batch or transaction of its cause. Affects no row where there is no such account.</summary>
    /// <param name="onlyIfSignedInBefore">Nothing either for one that signs in for the first time.</param>
    public NpgsqlBatchCommand Adding(string userId, string type, string? title, JsonObject? data, bool onlyIfSignedInBefore = false) =>
        AuthDatabase.InBatch(add, database.NewId(), userId, type, title, data?.ToJsonString(), database.Now, onlyIfSignedInBefore);

    /// <summary>The newest first, and how many of all are unread.</summary>
    public async Task<(List<NotificationView> Some, long Unread)> ListAsync(string userId, bool onlyUnread, (DateTime At, string Id)? after, int most, CancellationToken cancellation)
    {
        await using var batch = database.Source.CreateBatch();
        batch.BatchCommands.Add(AuthDatabase.InBatch(list, userId, after?.At ?? DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc), after?.Id, onlyUnread, most));
        batch.BatchCommands.Add(AuthDatabase.InBatch(unread, userId));
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var some = new List<NotificationView>();
        while (await reader.ReadAsync(cancellation))
        {
            JsonElement? data = reader.TextOrNull(3) is { } json ? JsonElement.Parse(json) : null;
            some.Add(new NotificationView(reader.GetString(0), reader.GetString(1), reader.TextOrNull(2), data, reader.Utc(4), reader.UtcOrNull(5)));
        }

        await reader.NextResultAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (some, reader.GetInt64(0));
    }

    /// <returns>False where this account has no such notification.</returns>
    public async Task<bool> ReadAsync(string id, string userId, CancellationToken cancellation)
    {
        await using var command = database.Command(read, id, userId, database.Now);
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    public async Task ReadAllAsync(string userId, CancellationToken cancellation)
    {
        await using var command = database.Command(readAll, userId, database.Now);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

internal sealed record NotificationView(string Id, string Type, string? Title, JsonElement? Data, DateTimeOffset CreatedAt, DateTimeOffset? ReadAt);
