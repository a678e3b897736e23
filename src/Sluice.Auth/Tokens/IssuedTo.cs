namespace Sluice.Auth.Tokens;

/// <summary>Whose hands a session's tokens are for, where they are not those of the application's own pages.</summary>
/// <param name="ClientId">Part of what the database knows a refresh token by: no other client's, and no route of ours, finds it.</param>
/// <param name="Audience">Who accepts the access tokens.</param>
/// <param name="Scope">What they may do, with a space between.</param>
/// <param name="HasRole">Whether they say their user's role: only to clients of the installation's own.</param>
internal sealed record IssuedTo(string ClientId, string Audience, string Scope, bool HasRole)
{
    /// <summary>The session that a browser has on our own pages. No client's id has a space, and nobody accepts its access tokens, nor gets any.</summary>
    public static IssuedTo Browser { get; } = new(" browser", "", "", HasRole: false);
}
