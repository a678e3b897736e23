using System.Text.Json.Nodes;
using Sluice.Auth.Web;

namespace Sluice.Auth.Audit;

/// <summary>Something that must be accounted for.</summary>
/// <param name="Action">What was done: `login`, `login_failed`, `refresh_reuse_detected` …</param>
/// <param name="Resource">The kind of thing that it was done to: `user`, `session` …</param>
/// <param name="ResourceId">Which one.</param>
internal sealed record AuditEvent(string Action, string Resource, string? ResourceId = null)
{
    /// <summary>Of an account, or of one of its sessions.</summary>
    public static AuditEvent Of(string action, string? userId, string? sessionId, Client client) =>
        new(action, sessionId is null ? "user" : "session", sessionId ?? userId) { UserId = userId, SessionId = sessionId, Client = client };

    /// <summary>Who did it; null where nobody was signed in.</summary>
    public string? UserId { get; init; }

    public string? SessionId { get; init; }

    public Client? Client { get; init; }

    /// <summary>Before it; what looks like a secret is left out.</summary>
    public JsonObject? Old { get; init; }

    /// <summary>After it; what looks like a secret is left out.</summary>
    public JsonObject? New { get; init; }
}
