using Npgsql;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Mail;

/// <summary>What was mailed for an account and is not used yet.</summary>
internal sealed class OpenLinks(AuthDatabase database)
{
    private readonly string voidAll = database.Names.Sql("""
        WITH resets AS (DELETE FROM {password_reset_tokens} WHERE {password_reset_tokens.userId} = $1::{id}),
        confirmations AS (DELETE FROM {email_verification_tokens} WHERE {email_verification_tokens.userId} = $1::{id})
        DELETE FROM {email_changes} WHERE {email_changes.userId} = $1::{id}
        """);

    /// <summary>None of it is of use any more: for the batch of another password, or another address.</summary>
    public NpgsqlBatchCommand Voiding(string userId) => AuthDatabase.InBatch(voidAll, userId);
}
