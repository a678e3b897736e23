using Sluice.Auth.Storage;

namespace Sluice.Auth.Administration;

/// <param name="To">The whole address.</param>
internal sealed record MailFilter(string? To, string? User, string? Status, string? Template)
{
    public static readonly string[] States = ["PENDING", "SENT", "FAILED", "BOUNCED"];

    public string List => $"mail\n{To}\n{User}\n{Status}\n{Template}";
}

/// <summary>What was mailed to whom and how it went, the newest first. What a mail says, its token above all, is not read.</summary>
internal sealed class MailListing(AuthDatabase database)
{
    private const string Columns = """
        SELECT {email_logs.id}::text, {email_logs.userId}::text, {email_logs.recipient}, {email_logs.template}, {email_logs.culture}, {email_logs.status}, {email_logs.attempts}, {email_logs.error},
          {email_logs.createdAt}, {email_logs.nextTryAt}, {email_logs.expiresAt}, {email_logs.sentAt}, {email_logs.bouncedAt} FROM {email_logs} WHERE true
        """;

    public async Task<List<MailView>> ListAsync(MailFilter filter, Place? after, int most, CancellationToken cancellation)
    {
        await using var command = database.Command(
            database.Names.Sql(Sql(filter, after is not null)),
            filter.To?.Trim().ToLowerInvariant(), filter.User, filter.Status, filter.Template, (object?)after?.At ?? "", after?.Id, most);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var mails = new List<MailView>(most);
        while (await reader.ReadAsync(cancellation))
        {
            mails.Add(new MailView(
                reader.GetString(0), reader.TextOrNull(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetInt32(6), reader.TextOrNull(7),
                reader.Utc(8), reader.UtcOrNull(9), reader.Utc(10), reader.UtcOrNull(11), reader.UtcOrNull(12)));
        }

        return mails;
    }

    /// <summary>The statement of a list, with the names of the schema.</summary>
    public static string Sql(MailFilter filter, bool goesOn) => Columns
        + (filter.To is null ? "" : " AND {email_logs.recipient} = $1")
        + (filter.User is null ? "" : " AND {email_logs.userId} = $2::{id}")
        + (filter.Status is null ? "" : " AND {email_logs.status} = $3")
        + (filter.Template is null ? "" : " AND {email_logs.template} = $4")
        + (goesOn ? " AND ({email_logs.createdAt}, {email_logs.id}) < ($5, $6::{id})" : "")
        + " ORDER BY {email_logs.createdAt} DESC, {email_logs.id} DESC LIMIT $7";
}
