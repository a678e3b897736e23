using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Admission;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Mail;

/// <summary>
/// Mail waits in `email_logs`, written in the transaction of its cause. A node claims what is due by moving its next try behind the
/// time that sending takes: should it be killed, another one sends it then, with the same id. Sent twice is possible, lost is not.
/// </summary>
internal sealed class Outbox(AuthDatabase database, Templates templates, IOptions<SluiceAuthOptions> options) : IDisposable
{
    private static readonly TimeSpan BounceWindow = TimeSpan.FromDays(30);

    private readonly SemaphoreSlim left = new(0, 1);
    private readonly SealingKeys keys = new(options.Value, "sluice mail");
    private readonly MailOptions settings = options.Value.Mail;
    private readonly string[] cultures = [.. templates.Cultures];
    private readonly string insert = database.Names.Sql($$"""
        INSERT INTO {email_logs} ({email_logs.id}, {email_logs.userId}, {email_logs.recipient}, {email_logs.template}, {email_logs.culture},
          {email_logs.nextTryAt}, {email_logs.expiresAt}, {email_logs.content}, {email_logs.createdAt}, {email_logs.keyId})
        VALUES ($1::{id}, $2::{id}, $3, $4, {{CultureOf("$2::{id}", "$10")}}, $6, $7, $8, $6, $9)
        """);

    private readonly string insertWhere = database.Names.Sql($$"""
        INSERT INTO {email_logs} ({email_logs.id}, {email_logs.userId}, {email_logs.recipient}, {email_logs.template}, {email_logs.culture},
          {email_logs.nextTryAt}, {email_logs.expiresAt}, {email_logs.content}, {email_logs.createdAt}, {email_logs.keyId})
        SELECT $1::{id}, COALESCE($2::{id}, u.{users.id}), $3, $4, {{CultureOf("COALESCE($2::{id}, u.{users.id})", "$11")}}, $6, $7, $8, $6, $9
        FROM (SELECT) one LEFT JOIN {users} u ON u.{users.email} = {users.email<$3} AND u.{users.deletedAt} IS NULL
        WHERE CASE $10::int
          WHEN 0 THEN {{AdmissionSql.Account(database, "u")}}
          WHEN 1 THEN {{AdmissionSql.Account(database, "u")}} AND u.{users.emailVerified>} IS NULL
          WHEN 2 THEN u.{users.emailVerified>} IS NOT NULL
          WHEN 3 THEN {{AdmissionSql.Account(database, "u")}} AND u.{users.lastLoginAt} IS NOT NULL
          ELSE u.{users.id} IS NULL AND {{AdmissionSql.Address(database, "$3")}} END
        """);

    private readonly string claim = database.Names.Sql("""
        UPDATE {email_logs} m SET {email_logs.attempts} = m.{email_logs.attempts} + 1, {email_logs.nextTryAt} = $2
        WHERE m.{email_logs.id} = ANY (ARRAY(
          SELECT {email_logs.id} FROM {email_logs} WHERE {email_logs.status} = 'PENDING' AND {email_logs.nextTryAt} <= $1
          ORDER BY {email_logs.nextTryAt} LIMIT $3 FOR UPDATE SKIP LOCKED))
        RETURNING m.{email_logs.id}::text, m.{email_logs.recipient}, m.{email_logs.template}, m.{email_logs.culture}, m.{email_logs.content}, m.{email_logs.attempts}, m.{email_logs.expiresAt},
          (SELECT count(*) FROM {email_logs} b WHERE b.{email_logs.recipient} = m.{email_logs.recipient} AND b.{email_logs.status} = 'BOUNCED' AND b.{email_logs.bouncedAt} > $4)
        """);

    private readonly string sent = database.Names.Sql($"UPDATE {{email_logs}} SET {{email_logs.status}} = 'SENT', {{email_logs.sentAt}} = $2, {{email_logs.error}} = NULL, {Ended}");
    private readonly string failed = database.Names.Sql($"UPDATE {{email_logs}} SET {{email_logs.status}} = 'FAILED', {{email_logs.error}} = CASE WHEN $2 = 'too_late' THEN COALESCE({{email_logs.error}}, $2) ELSE $2 END, {Ended}");
    private readonly string refused = database.Names.Sql($"UPDATE {{email_logs}} SET {{email_logs.status}} = 'BOUNCED', {{email_logs.bouncedAt}} = $2, {{email_logs.error}} = $3, {Ended}");
    private readonly string later = database.Names.Sql("""
        UPDATE {email_logs} SET {email_logs.nextTryAt} = $2, {email_logs.error} = $3 WHERE {email_logs.id} = $1::{id} AND {email_logs.status} = 'PENDING'
        """);

    // Only what was sent can come back: a report does not stop mail that is still to go.
    private readonly string returned = database.Names.Sql("""
        UPDATE {email_logs} SET {email_logs.status} = 'BOUNCED', {email_logs.bouncedAt} = $3 WHERE {email_logs.id} = (
          SELECT {email_logs.id} FROM {email_logs} WHERE {email_logs.status} = 'SENT' AND ($1::text IS NULL OR {email_logs.id} = $1::{id}) AND ($2::text IS NULL OR {email_logs.recipient} = $2)
          ORDER BY {email_logs.createdAt} DESC LIMIT 1)
        """);

    private const string Ended = "{email_logs.nextTryAt} = NULL, {email_logs.content} = NULL, {email_logs.keyId} = NULL WHERE {email_logs.id} = $1::{id} AND {email_logs.status} = 'PENDING'";

    /// <summary>Without a sender nothing is written: it would only lie there.</summary>
    public bool IsOpen => settings.IsOn;

    /// <summary>For the batch or transaction of its cause: both are there, or neither. Say <see cref="Wake"/> when it is done.</summary>
    public NpgsqlBatchCommand Queuing(Letter letter) => AuthDatabase.InBatch(insert, [.. Values(letter), cultures]);

    /// <summary>The same where the address is of such an account, which the statement finds out: who asks need not know, and takes as long.</summary>
    public NpgsqlBatchCommand Queuing(Letter letter, Addressee addressee) => AuthDatabase.InBatch(insertWhere, [.. Values(letter), (int)addressee, cultures]);

    /// <summary>There may be mail: this node need not wait for its next look.</summary>
    public void Wake()
    {
        try
        {
            left.Release();
        }
        catch (SemaphoreFullException)
        {
            // It was said already, and not heard yet.
            return;
        }
    }

    /// <summary>Until there may be mail, or it is time to look for another node's.</summary>
    public Task WaitAsync(CancellationToken cancellation) => left.WaitAsync(settings.Look, cancellation);

    public async Task<List<DueLetter>> ClaimAsync(int most, CancellationToken cancellation)
    {
        var now = database.Now;
        await using var command = database.Command(claim, now, now + settings.SendTimeout * 2, most, now - BounceWindow);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var due = new List<DueLetter>();
        while (await reader.ReadAsync(cancellation))
        {
            due.Add(new DueLetter(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetFieldValue<byte[]>(4), reader.GetInt32(5), reader.GetDateTime(6), reader.GetInt64(7)));
        }

        return due;
    }

    /// <exception cref="CryptographicException">Sealed with another secret.</exception>
    public Dictionary<string, string> Open(string id, byte[] content) => JsonSerializer.Deserialize(
        keys.Open(Bound(id), content) ?? throw new CryptographicException("None of the secrets opens it."), LetterJson.Default.DictionaryStringString)!;

    /// <summary>What waits, under another Secret.</summary>
    public Resealing Resealing => new SealedRows(database, keys, "email_logs", "id", "{id}", "id", ("content", Bound)).Resealing;

    public Task SentAsync(string id) => RunAsync(sent, id, database.Now);

    public Task FailedAsync(string id, string error) => RunAsync(failed, id, error);

    public Task RefusedAsync(string id, string error) => RunAsync(refused, id, database.Now, error);

    public Task LaterAsync(string id, DateTime when, string error) => RunAsync(later, id, when, error);

    /// <summary>Somebody reports that a mail came back: the one with this id, or the last to this address.</summary>
    public Task ReturnedAsync(string? id, string? address) => RunAsync(returned, id, address, database.Now);

    public void Dispose() => left.Dispose();

    // The language that somebody has chosen for good goes before that of the request, where there are words in it.
    private static string CultureOf(string user, string cultures) => $$"""
        COALESCE((
          SELECT c FROM {user_preferences} p JOIN unnest({{cultures}}::text[]) c ON c IN (lower(p.{user_preferences.language}), lower(split_part(p.{user_preferences.language}, '-', 1)))
          WHERE p.{user_preferences.userId} = {{user}} ORDER BY length(c) DESC LIMIT 1), $5)
        """;

    private object?[] Values(Letter letter)
    {
        var id = database.NewId();
        return [id, letter.UserId, letter.To, letter.Template, letter.Culture, database.Now, letter.Expires, Close(id, letter.Values), keys.KeyId];
    }

    private byte[] Close(string id, Dictionary<string, string> values) => keys.Seal(Bound(id), JsonSerializer.SerializeToUtf8Bytes(values, LetterJson.Default.DictionaryStringString));

    private static string Bound(string id) => "mail:" + id;

    // Not cancelled with the host: what was sent is to be known as sent.
    private async Task RunAsync(string sql, params object?[] values)
    {
        await using var command = database.Command(sql, values);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
