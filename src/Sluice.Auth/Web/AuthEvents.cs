using Microsoft.Extensions.Logging;

namespace Sluice.Auth.Web;

/// <summary>Hears of what happens to accounts: the audit, the host's own notifications.</summary>
public interface IAuthEvents
{
    /// <summary>Called before the client is answered; what it throws fails the request.</summary>
    ValueTask HappenedAsync(AuthEvent happened, CancellationToken cancellation);
}

/// <param name="Action">`login`, `login_failed`, `register`, `password_changed`, `refresh_reuse_detected` …</param>
/// <param name="UserId">Null where no account is known.</param>
public sealed record AuthEvent(string Action, string? UserId, string? SessionId, string? Ip, string? UserAgent, string RequestId);

/// <summary>Tells the log and everybody who listens.</summary>
internal sealed partial class Announcer(IEnumerable<IAuthEvents> listeners, ILogger<Announcer> log)
{
    public async ValueTask TellAsync(string action, string? userId, string? sessionId, Client client, CancellationToken cancellation)
    {
        Happened(log, action, userId, sessionId);
        var happened = new AuthEvent(action, userId, sessionId, client.Ip, client.Agent, client.RequestId);
        foreach (var listener in listeners)
        {
            await listener.HappenedAsync(happened, cancellation);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Action} user {UserId} session {SessionId}")]
    private static partial void Happened(ILogger log, string action, string? userId, string? sessionId);
}
