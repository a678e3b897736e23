using Sluice.Tests.Support;

namespace Sluice.Auth.Tests.Mail;

/// <summary>What email_logs says of a mail, once it says so.</summary>
internal static class MailLog
{
    public static async Task<LoggedMail> UntilAsync(TestDatabase database, string? to, string status, int count = 1, string? error = null)
    {
        List<LoggedMail> mails = [], found = [];
        await Wait.UntilAsync(
            async () =>
            {
                mails = await ReadAsync(database, to);
                found = [.. mails.Where(m => m.Status == status && (error is null || m.Error == error))];
                return found.Count >= count;
            },
            () => $"no {count} mails {status} {error} to {to}, but {string.Join(", ", mails)}",
            TimeSpan.FromMilliseconds(10));
        return found[0];
    }

    public static async Task<List<LoggedMail>> ReadAsync(TestDatabase database, string? to = null)
    {
        await using var command = database.Source.CreateCommand("""
            SELECT "template", "recipient", "status", "attempts", "error", "content" IS NOT NULL FROM "email_logs" WHERE $1::text IS NULL OR "recipient" = $1 ORDER BY "createdAt" DESC, "id" DESC
            """);
        command.Parameters.Add(new Npgsql.NpgsqlParameter { Value = (object?)to ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync();
        var mails = new List<LoggedMail>();
        while (await reader.ReadAsync())
        {
            mails.Add(new LoggedMail(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetBoolean(5)));
        }

        return mails;
    }
}

internal sealed record LoggedMail(string Template, string Recipient, string Status, int Attempts, string? Error, bool HasContent);
