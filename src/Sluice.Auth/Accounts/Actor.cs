using Sluice.Auth.Audit;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>Who does something to another's account.</summary>
/// <param name="UserId">Null for the command line, which may do anything.</param>
internal sealed record Actor(string? UserId, string? SessionId, Client Client)
{
    /// <summary>From outside of any request.</summary>
    /// <param name="by">The id of who wants it; null from the command line.</param>
    public static Actor Outside(string? by) => new(by, null, new Client(null, by is null ? "command line" : null, ""));

    public AuditEvent Did(string action, string userId) => new(action, "user", userId) { UserId = UserId, SessionId = SessionId, Client = Client };
}
