using Microsoft.Extensions.Logging;
using Sluice.Auth.Metrics;
using Sluice.Auth.Web;

namespace Sluice.Auth.Audit;

/// <summary>Tells of what happened once it is written down: the metrics, the log, and everybody who listens.</summary>
internal sealed partial class Announcer(AuditLog audit, AuthMetrics metrics, IEnumerable<IAuthEvents> listeners, ILogger<Announcer> log)
{
    /// <summary>For what changed nothing: writes it down, too.</summary>
    public async ValueTask TellAsync(AuditEvent happened, CancellationToken cancellation)
    {
        await audit.AppendAsync(happened, cancellation);
        await AnnounceAsync([happened], cancellation);
    }

    /// <param name="events">Written with the change that they record (<see cref="AuditLog.Entry"/>).</param>
    public async ValueTask AnnounceAsync(IEnumerable<AuditEvent> events, CancellationToken cancellation)
    {
        foreach (var happened in events)
        {
            Happened(log, happened.Action, happened.UserId, happened.SessionId);
            metrics.Event(happened.Action);
            var client = happened.Client;
            var told = new AuthEvent(happened.Action, happened.UserId, happened.SessionId, client?.Ip, client?.Agent, client?.RequestId ?? "");
            foreach (var listener in listeners)
            {
                await listener.HappenedAsync(told, cancellation);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Action} user {UserId} session {SessionId}")]
    private static partial void Happened(ILogger log, string action, string? userId, string? sessionId);
}
