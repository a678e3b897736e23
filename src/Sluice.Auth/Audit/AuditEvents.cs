using Sluice.Auth.Metrics;
using Sluice.Auth.Web;

namespace Sluice.Auth.Audit;

/// <summary>Writes down, and counts, whatever is announced.</summary>
internal sealed class AuditEvents(AuditLog log, AuthMetrics metrics) : IAuthEvents
{
    public async ValueTask HappenedAsync(AuthEvent happened, CancellationToken cancellation)
    {
        metrics.Event(happened.Action);
        var (resource, id) = happened.SessionId is { } session ? ("session", session) : ("user", happened.UserId);
        await log.AppendAsync(
            new AuditEvent(happened.Action, resource, id)
            {
                UserId = happened.UserId,
                SessionId = happened.SessionId,
                Client = new Client(happened.Ip, happened.UserAgent, happened.RequestId),
            },
            cancellation);
    }
}
