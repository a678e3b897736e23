using Npgsql;
using Sluice.Auth.Storage;

namespace Sluice.Auth.AllowList;

/// <summary>Invitations in the database, one for an address.</summary>
internal sealed class InvitationStore(AuthDatabase database)
{
    private readonly string issue = database.Names.Sql("""
        INSERT INTO {invitations} ({invitations.email}, {invitations.tokenHash}, {invitations.reason}, {invitations.invitedBy}, {invitations.expiresAt}, {invitations.createdAt})
        VALUES ($1, $2, $3, $4::{id}, $5, $6)
        ON CONFLICT ({invitations.email}) DO UPDATE SET {invitations.tokenHash} = excluded.{invitations.tokenHash}, {invitations.reason} = excluded.{invitations.reason},
          {invitations.invitedBy} = excluded.{invitations.invitedBy}, {invitations.expiresAt} = excluded.{invitations.expiresAt}, {invitations.createdAt} = excluded.{invitations.createdAt}
        """);

    private readonly string find = database.Names.Sql("""
        SELECT {invitations.email}, {invitations.reason}, {invitations.invitedBy}::text FROM {invitations} WHERE {invitations.tokenHash} = $1 AND {invitations.expiresAt} > $2
        """);

    private readonly string use = database.Names.Sql("DELETE FROM {invitations} WHERE {invitations.tokenHash} = $1 AND {invitations.expiresAt} > $2");

    private readonly string withdraw = database.Names.Sql("DELETE FROM {invitations} WHERE {invitations.email} = $1");

    public NpgsqlBatchCommand Issuing(string email, string tokenHash, string? reason, string? by, TimeSpan lifetime) =>
        AuthDatabase.InBatch(issue, email, tokenHash, reason, by, database.Now + lifetime, database.Now);

    public async Task<OpenInvitation?> FindAsync(string tokenHash, CancellationToken cancellation)
    {
        await using var command = database.Command(find, tokenHash, database.Now);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new OpenInvitation(reader.GetString(0), reader.TextOrNull(1), reader.TextOrNull(2)) : null;
    }

    /// <summary>Affects one row, or somebody was faster.</summary>
    public NpgsqlBatchCommand Using(string tokenHash) => AuthDatabase.InBatch(use, tokenHash, database.Now);

    public NpgsqlBatchCommand Withdrawing(string email) => AuthDatabase.InBatch(withdraw, email);
}

/// <param name="By">The id of who invited; null from the command line.</param>
internal sealed record OpenInvitation(string Email, string? Reason, string? By);
