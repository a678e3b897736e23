using Npgsql;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Audit;

/// <summary>Writes what happened. Only ever inserts, and takes no lock that two sign-ins would share: <see cref="AuditSeals"/> puts the rows in order later.</summary>
internal sealed class AuditLog(AuthDatabase database)
{
    private readonly string insert = database.Names.Sql("""
        INSERT INTO {audit_logs} ({audit_logs.id}, {audit_logs.userId}, {audit_logs.sessionId}, {audit_logs.ipAddress}, {audit_logs.userAgent}, {audit_logs.action},
          {audit_logs.resource}, {audit_logs.resourceId}, {audit_logs.oldValues}, {audit_logs.newValues}, {audit_logs.requestId}, {audit_logs.createdAt})
        VALUES ($1::{id}, $2::{id}, $3::{id}, {audit_logs.ipAddress<$4}, $5, $6, $7, $8, $9::jsonb, $10::jsonb, $11, $12)
        """);

    /// <summary>For the batch or transaction of the change that it records: both are there, or neither.</summary>
    public NpgsqlBatchCommand Entry(AuditEvent happened) => AuthDatabase.InBatch(insert, Values(happened));

    /// <summary>For what changed nothing: a refusal, a look.</summary>
    public async Task AppendAsync(AuditEvent happened, CancellationToken cancellation)
    {
        await using var command = database.Command(insert, Values(happened));
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private object?[] Values(AuditEvent e) =>
    [
        database.NewId(), e.UserId, e.SessionId, e.Client?.Ip, e.Client?.Agent, e.Action, e.Resource, e.ResourceId,
        Redaction.Clean(e.Old), Redaction.Clean(e.New), e.Client?.RequestId, database.Now,
    ];
}
