using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Admission;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Mail;

/// <summary>
/// Proof that an account's address is its owner's: a link, or six digits. It says nothing of whose the password is: once an address
/// that waits was registered again, nobody's password counts, and its owner sets one by a mailed link.
/// </summary>
internal sealed class Confirmations(AuthDatabase database, Outbox outbox, Letters letters, MailBudget budget, IOptions<SluiceAuthOptions> options)
{
    private const int MostTries = 5;

    private readonly MailOptions settings = options.Value.Mail;
    private readonly byte[] key = Sealed.Key(options.Value, "sluice confirmation code");
    private readonly string issue = database.Names.Sql($$"""
        INSERT INTO {email_verification_tokens} ({email_verification_tokens.userId}, {email_verification_tokens.email}, {email_verification_tokens.tokenHash}, {email_verification_tokens.codeHash},
          {email_verification_tokens.codeTries}, {email_verification_tokens.codeExpiresAt}, {email_verification_tokens.expiresAt}, {email_verification_tokens.createdAt})
        SELECT u.{users.id}, u.{users.email>}, $2, $3, 0, $4, $5, $6
        FROM {users} u WHERE u.{users.email} = {users.email<$1} AND u.{users.deletedAt} IS NULL AND {{AdmissionSql.Account(database, "u")}} AND u.{users.emailVerified>} IS NULL
        ON CONFLICT ({email_verification_tokens.userId}) DO UPDATE SET
          {email_verification_tokens.email} = excluded.{email_verification_tokens.email}, {email_verification_tokens.tokenHash} = excluded.{email_verification_tokens.tokenHash},
          {email_verification_tokens.codeHash} = excluded.{email_verification_tokens.codeHash}, {email_verification_tokens.codeTries} = 0,
          {email_verification_tokens.codeExpiresAt} = excluded.{email_verification_tokens.codeExpiresAt},
          {email_verification_tokens.expiresAt} = excluded.{email_verification_tokens.expiresAt}, {email_verification_tokens.createdAt} = excluded.{email_verification_tokens.createdAt}
        """);

    // Two have registered it, or one of them twice: which password is the owner's nobody knows here. One that has signed in is kept: it is no stranger's registration.
    private readonly string contest = database.Names.Sql("""
        UPDATE {users} SET {users.passwordHash} = NULL, {users.updatedAt} = $3
        WHERE {users.email} = {users.email<$1} AND {users.deletedAt} IS NULL AND {users.emailVerified>} IS NULL AND {users.lastLoginAt} IS NULL AND {users.passwordHash} <> $2
        """);

    // A try counts before it is compared: of many at the same moment no more are than one after the other.
    private readonly string tryCode = database.Names.Sql("""
        UPDATE {email_verification_tokens} t SET {email_verification_tokens.codeTries} = t.{email_verification_tokens.codeTries} + 1
        FROM {users} u WHERE u.{users.email} = {users.email<$1} AND u.{users.deletedAt} IS NULL AND t.{email_verification_tokens.userId} = u.{users.id} AND t.{email_verification_tokens.email} = $1
          AND t.{email_verification_tokens.codeTries} < $3 AND t.{email_verification_tokens.codeExpiresAt} > $2
        RETURNING t.{email_verification_tokens.tokenHash}, t.{email_verification_tokens.codeHash}
        """);

    // The account's row is locked before what was mailed for it: here, and wherever one statement or transaction takes both.
    private readonly string use = database.Names.Sql("""
        WITH held AS (
          SELECT {users.id} AS id FROM {users} WHERE {users.id} IN (
            SELECT {email_verification_tokens.userId} FROM {email_verification_tokens} WHERE {email_verification_tokens.tokenHash} = $1) FOR NO KEY UPDATE),
        used AS (
          DELETE FROM {email_verification_tokens} t USING held WHERE t.{email_verification_tokens.userId} = held.id AND t.{email_verification_tokens.tokenHash} = $1 AND t.{email_verification_tokens.expiresAt} > $2
          RETURNING t.{email_verification_tokens.userId} AS id, t.{email_verification_tokens.email} AS email)
        UPDATE {users} u SET {users.updatedAt} = $2, {users.passwordHash} = CASE WHEN NOT $3 THEN u.{users.passwordHash} END{users.emailVerified?, {users.emailVerified} = {users.emailVerified<$2}?}
        FROM used WHERE u.{users.id} = used.id AND u.{users.email>} = used.email AND u.{users.deletedAt} IS NULL AND u.{users.emailVerified>} IS NULL
        RETURNING u.{users.id}::text, used.email, u.{users.passwordHash} IS NULL
        """);

    /// <summary>For whoever waits for a confirmation at this address; for nobody else they do nothing, in the same time.</summary>
    public IEnumerable<NpgsqlBatchCommand> Issuing(string email, Client client)
    {
        var (token, code, now) = (RandomToken.New(), RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture), database.Now);
        var hash = RandomToken.Hash(token);
        yield return AuthDatabase.InBatch(issue, email, hash, CodeHash(hash, code), now + settings.CodeLifetime, now + settings.ConfirmLifetime, now);
        yield return outbox.Queuing(letters.Confirm(email, token, code, client), Addressee.Unconfirmed);
    }

    /// <summary>What a registration gives cause to write, to new and to known addresses by the same statements.</summary>
    /// <param name="isWaiting">The account is of no use before its address is confirmed.</param>
    public async Task<NpgsqlBatchCommand[]> OfRegistrationAsync(string email, string? username, string passwordHash, bool isWaiting, Client client, CancellationToken cancellation)
    {
        NpgsqlBatchCommand[] mails = !outbox.IsOpen || !await budget.OfAddressAsync("confirm", email, cancellation) ? []
            : !isWaiting ? [.. Issuing(email, client)]
            :
            [
                .. Issuing(email, client),
                outbox.Queuing(letters.Known(email, client), Addressee.Confirmed),
                outbox.Queuing(letters.NameTaken(email, username ?? "", client), Addressee.Nobody),
            ];

        // Also when no mail may be sent any more: an older link must not confirm a stranger's password. Where there is no mail at all, nobody
        // could set another, and the application that confirms addresses in its own way answers for whose they are.
        return isWaiting && outbox.IsOpen ? [AuthDatabase.InBatch(contest, email, passwordHash, database.Now), .. mails] : mails;
    }

    /// <returns>Null when the client may cause mail.</returns>
    public async Task<Refusal?> MayBeAskedByAsync(Client client, CancellationToken cancellation) => outbox.IsOpen ? await budget.OfClientAsync(client, cancellation) : null;

    /// <summary>What was issued is written.</summary>
    public void Wake() => outbox.Wake();

    /// <summary>Gives the account's id, its address, and whether it has no password; no row for what is no token, or no longer.</summary>
    /// <param name="notMine">The password is somebody else's, and holds no more.</param>
    public NpgsqlBatchCommand Using(string tokenHash, bool notMine) => AuthDatabase.InBatch(use, tokenHash, database.Now, notMine);

    /// <returns>The hash of the token that the code stands for; null when it is not right, or was tried too often.</returns>
    public async Task<string?> TokenOfAsync(string email, string code, CancellationToken cancellation)
    {
        if (!await budget.OfCodesForAsync(email, cancellation))
        {
            return null;
        }

        await using var command = database.Command(tryCode, email, database.Now, MostTries);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) && CryptographicOperations.FixedTimeEquals(reader.GetFieldValue<byte[]>(1), CodeHash(reader.GetString(0), code))
            ? reader.GetString(0)
            : null;
    }

    private byte[] CodeHash(string tokenHash, string code) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{tokenHash} {code}"));
}
