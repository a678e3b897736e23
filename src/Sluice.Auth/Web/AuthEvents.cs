namespace Sluice.Auth.Web;

/// <summary>Hears of what happens to accounts: the host's own notifications.</summary>
public interface IAuthEvents
{
    /// <summary>Called when it is in the audit log and before the client is answered; what it throws fails the request, and undoes nothing.</summary>
    ValueTask HappenedAsync(AuthEvent happened, CancellationToken cancellation);
}

/// <param name="Action">`login`, `login_failed`, `register`, `password_changed`, `refresh_reuse_detected` …</param>
/// <param name="UserId">Null where no account is known.</param>
public sealed record AuthEvent(string Action, string? UserId, string? SessionId, string? Ip, string? UserAgent, string RequestId);
