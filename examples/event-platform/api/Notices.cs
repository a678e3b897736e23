using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace EventPlatform;

/// <summary>What PostgreSQL says beside its answers goes to the log of whoever asks for it: notices, and the plans of auto_explain, which `walk lists` reads.</summary>
internal sealed partial class Notices(ILogger<Notices> log) : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Listen((NpgsqlConnection)connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Listen((NpgsqlConnection)connection);
        return Task.CompletedTask;
    }

    private void Listen(NpgsqlConnection connection)
    {
        // The same object is opened again and again.
        connection.Notice -= Hear;
        connection.Notice += Hear;
    }

    private void Hear(object sender, NpgsqlNoticeEventArgs said) => Said(log, said.Notice.MessageText);

    [LoggerMessage(2, LogLevel.Debug, "{Text}")]
    private static partial void Said(ILogger log, string text);
}
