using Npgsql;
using Sluice.Auth.Storage;

namespace Sluice.Auth.SelfService;

/// <summary>Preferences in the database.</summary>
internal sealed class PreferenceStore(AuthDatabase database)
{
    private readonly string read = database.Names.Sql("""
        SELECT {user_preferences.theme}, {user_preferences.language}, {user_preferences.timeZone} FROM {user_preferences} WHERE {user_preferences.userId} = $1::{id}
        """);

    private readonly string write = database.Names.Sql("""
        INSERT INTO {user_preferences} ({user_preferences.userId}, {user_preferences.theme}, {user_preferences.language}, {user_preferences.timeZone}, {user_preferences.updatedAt})
        VALUES ($1::{id}, $2, $3, $4, $5)
        ON CONFLICT ({user_preferences.userId}) DO UPDATE SET {user_preferences.theme} = excluded.{user_preferences.theme}, {user_preferences.language} = excluded.{user_preferences.language},
          {user_preferences.timeZone} = excluded.{user_preferences.timeZone}, {user_preferences.updatedAt} = excluded.{user_preferences.updatedAt}
        """);

    public async Task<Preferences> GetAsync(string userId, CancellationToken cancellation)
    {
        await using var command = database.Command(read, userId);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await OfAsync(reader, cancellation);
    }

    public NpgsqlBatchCommand Reading(string userId) => AuthDatabase.InBatch(read, userId);

    public static async Task<Preferences> OfAsync(NpgsqlDataReader reader, CancellationToken cancellation) =>
        await reader.ReadAsync(cancellation) ? new Preferences(reader.GetString(0), reader.TextOrNull(1), reader.TextOrNull(2)) : Preferences.None;

    public NpgsqlBatchCommand Writing(string userId, Preferences wanted) =>
        AuthDatabase.InBatch(write, userId, wanted.Theme, wanted.Language, wanted.TimeZone, database.Now);
}
