using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Mail;

/// <summary>
/// Proof that an account's address is its owner's: a link, or six digits. A registration of an address that waits for its
/// confirmation carries its own password, which the link makes the account's: of those who registered the address, the one who reads its mail wins.
/// </summary>
internal sealed class Confirmations(AuthDatabase database, Outbox outbox, Letters letters, MailBudget budget, IOptions<SluiceAuthOptions> options)
{
    private const int MostTries = 5;

    private readonly MailOptions settings = options.Value.Mail;
    private readonly byte[] key = Sealed.Key(options.Value, "sluice confirmation code");
    private readonly string issue = database.Names.Sql("""
        INSERT INTO {email_verification_tokens} AS t ({email_verification_tokens.userId}, {email_verification_tokens.email}, {email_verification_tokens.tokenHash}, {email_verification_tokens.codeHash},
          {email_verification_tokens.codeTries}, {email_verification_tokens.codeExpiresAt}, {email_verification_tokens.passwordHash}, {email_verification_tokens.expiresAt}, {email_verification_tokens.createdAt})
        SELECT {users.id}, {users.email>}, $2, $3, 0, $4, CASE WHEN {users.lastLoginAt} IS NULL THEN $5 END, $6, $7
        FROM {users} WHERE {users.email} = {users.email<$1} AND {users.deletedAt} IS NULL AND {users.isActive} AND {users.emailVerified>} IS NULL
        ON CONFLICT ({email_verification_tokens.userId}) DO UPDATE SET
          {email_verification_tokens.email} = excluded.{email_verification_tokens.email}, {email_verification_tokens.tokenHash} = excluded.{email_verification_tokens.tokenHash},
          {email_verification_tokens.codeHash} = excluded.{email_verification_tokens.codeHash}, {email_verification_tokens.codeTries} = 0,
          {email_verification_tokens.codeExpiresAt} = excluded.{email_verification_tokens.codeExpiresAt},
          {email_verification_tokens.passwordHash} = COALESCE(excluded.{email_verification_tokens.passwordHash}, t.{email_verification_tokens.passwordHash}),
          {email_verification_tokens.expiresAt} = excluded.{email_verification_tokens.expiresAt}, {email_verification_tokens.createdAt} = excluded.{email_verification_tokens.createdAt}
        """);

    // A try counts before it is compared: of many at the same moment no more are than one after the other.
    private readonly string tryCode = database.Names.Sql("""
        UPDATE {email_verification_tokens} t SET {email_verification_tokens.codeTries} = t.{email_verification_tokens.codeTries} + 1
        FROM {users} u WHERE u.{users.email} = {users.email<$1} AND u.{users.deletedAt} IS NULL AND t.{email_verification_tokens.userId} = u.{users.id} AND t.{email_verification_tokens.email} = $1
          AND t.{email_verification_tokens.codeTries} < $3 AND t.{email_verification_tokens.codeExpiresAt} > $2
        RETURNING t.{email_verification_tokens.tokenHash}, t.{email_verification_tokens.codeHash}
        """);

    private readonly string use = database.Names.Sql("""
        WITH used AS (
          DELETE FROM {email_verification_tokens} WHERE {email_verification_tokens.tokenHash} = $1 AND {email_verification_tokens.expiresAt} > $2
          RETURNING {email_verification_tokens.userId} AS id, {email_verification_tokens.email} AS email, {email_verification_tokens.passwordHash} AS hash)
        UPDATE {users} u SET {users.updatedAt} = $2{users.emailVerified?, {users.emailVerified} = {users.emailVerified<$2}?}, {users.passwordHash} = COALESCE(used.hash, u.{users.passwordHash})
        FROM used WHERE u.{users.id} = used.id AND u.{users.email>} = used.email AND u.{users.deletedAt} IS NULL AND u.{users.emailVerified>} IS NULL
        RETURNING u.{users.id}::text
        """);

    /// <summary>For whoever waits for a confirmation at this address; for nobody else they do nothing, in the same time.</summary>
    /// <param name="passwordHash">Of the registration that it is for.</param>
    public IEnumerable<NpgsqlBatchCommand> Issuing(string email, string? passwordHash, Client client)
    {
        var (token, code, now) = (RandomToken.New(), RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture), database.Now);
        var hash = RandomToken.Hash(token);
        yield return AuthDatabase.InBatch(issue, email, hash, CodeHash(hash, code), now + settings.CodeLifetime, passwordHash, now + settings.ConfirmLifetime, now);
        yield return outbox.Queuing(letters.Confirm(email, token, code, client), Addressee.Unconfirmed);
    }

    /// <summary>What a registration gives cause to write, to new and to known addresses by the same statements.</summary>
    /// <param name="isWaiting">The account is of no use before its address is confirmed.</param>
    public async Task<NpgsqlBatchCommand[]> OfRegistrationAsync(string email, string? username, string passwordHash, bool isWaiting, Client client, CancellationToken cancellation) =>
        !outbox.IsOpen || !await budget.OfAddressAsync(email, cancellation) ? []
        : !isWaiting ? [.. Issuing(email, null, client)]
        :
        [
            .. Issuing(email, passwordHash, client),
            outbox.Queuing(letters.Known(email, client), Addressee.Confirmed),
            outbox.Queuing(letters.NameTaken(email, username ?? "", client), Addressee.Nobody),
        ];

    /// <returns>Null when the client may cause mail.</returns>
    public async Task<Refusal?> MayBeAskedByAsync(Client client, CancellationToken cancellation) => outbox.IsOpen ? await budget.OfClientAsync(client, cancellation) : null;

    /// <summary>What was issued is written.</summary>
    public void Wake() => outbox.Wake();

    /// <summary>Gives the account's id; no row for what is no token, or no longer.</summary>
    public NpgsqlBatchCommand Using(string tokenHash) => AuthDatabase.InBatch(use, tokenHash, database.Now);

    /// <returns>The hash of the token that the code stands for; null when it is not right, or was tried too often.</returns>
    public async Task<string?> TokenOfAsync(string email, string code, CancellationToken cancellation)
    {
        await using var command = database.Command(tryCode, email, database.Now, MostTries);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) && CryptographicOperations.FixedTimeEquals(reader.GetFieldValue<byte[]>(1), CodeHash(reader.GetString(0), code))
            ? reader.GetString(0)
            : null;
    }

    private byte[] CodeHash(string tokenHash, string code) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{tokenHash} {code}"));
}
