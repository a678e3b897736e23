using System.Security.Claims;
using Sluice.Auth.Revocation;

namespace Sluice.Auth.Tokens;

/// <summary>What an access token says of its bearer; no address and no name.</summary>
internal sealed record AccessToken(string Subject, string SessionId, string Role, string Id, DateTimeOffset IssuedAt, DateTimeOffset Expires)
{
    public const string Scheme = "Sluice";

    // Of both a revocation may speak: made once, asked on every request.
    private UInt128 sessionKey;
    private UInt128 tokenKey;

    public Assurance Assurance { get; init; } = Assurance.Password;

    /// <summary>Another one for each request: what an application adds to it is not the next request's.</summary>
    public ClaimsPrincipal NewPrincipal() => new(new ClaimsIdentity(Claims, Scheme, "sub", "role"));

    // An identity takes copies.
    private Claim[] Claims => field ??=
    [
        new Claim("sub", Subject), new Claim("sid", SessionId), new Claim("role", Role), new Claim("jti", Id), new Claim("aal", Assurance.Level),
        .. Assurance.Methods.Split(' ').Select(m => new Claim("amr", m)),
    ];

    public AccessToken Read(ReadOnlySpan<char> text)
    {
        sessionKey = RevocationList.KeyOf(RevocationList.OfSession(SessionId));
        tokenKey = RevocationList.KeyOf(text);
        return this;
    }

    public bool IsRevokedBy(RevocationList list) => list.Holds(sessionKey) || list.Holds(tokenKey);
}
