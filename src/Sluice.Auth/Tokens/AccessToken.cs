using System.Security.Claims;
using Sluice.Auth.Revocation;

namespace Sluice.Auth.Tokens;

/// <summary>What an access token says of its bearer; no address and no name.</summary>
internal sealed record AccessToken(string Subject, string SessionId, string Role, string Id, DateTimeOffset IssuedAt, DateTimeOffset Expires)
{
    public const string Scheme = "Sluice";

    // Of each a revocation may speak: made once, asked on every request.
    private UInt128 sessionKey;
    private UInt128 tokenKey;
    private UInt128 rolesKey;

    public Assurance Assurance { get; init; } = Assurance.Password;

    /// <summary>All that hold everywhere, <see cref="Role"/> among them.</summary>
    public IReadOnlyList<string> GlobalRoles { get => field ?? [Role]; init; }

    /// <summary>Those in one thing: `room:42:ORGANIZER`.</summary>
    public IReadOnlyList<string> ScopedRoles { get; init; } = [];

    /// <summary>Whether the account has roles that had no place here.</summary>
    public bool HasMoreRoles { get; init; }

    /// <summary>Which change of the account's roles it was made after.</summary>
    public long RolesVersion { get; init; }

    /// <summary>What the application has added.</summary>
    public IReadOnlyList<Claim> Added { get; init; } = [];

    /// <summary>What a client may do with it, with a space between; empty for one of the application's own pages.</summary>
    public string Scope { get; init; } = "";

    /// <summary>A client's own, by its secret: there is no user, and no session.</summary>
    public bool IsOfClient => SessionId.Length == 0;

    /// <summary>Another one for each request: what an application adds to it is not the next request's.</summary>
    public ClaimsPrincipal NewPrincipal()
    {
        var identity = new ClaimsIdentity(Scheme, "sub", "role");
        Add("sub", Subject);
        Add("sid", SessionId);
        foreach (var role in GlobalRoles)
        {
            if (role.Length > 0)
            {
                Add("role", role);
            }
        }

        Add("jti", Id);
        Add("aal", Assurance.Level);
        AddEach("amr", Assurance.Methods);
        foreach (var role in ScopedRoles)
        {
            Add("scoped_role", role);
        }

        if (HasMoreRoles)
        {
            identity.AddClaim(new Claim("roles_more", "true", ClaimValueTypes.Boolean));
        }

        AddEach("scope", Scope);
        foreach (var claim in Added)
        {
            identity.AddClaim(claim);
        }

        return new ClaimsPrincipal(identity);

        // Of this identity from the beginning: of another's it would take a copy.
        void Add(string type, string value) => identity.AddClaim(new Claim(type, value, ClaimValueTypes.String, ClaimsIdentity.DefaultIssuer, ClaimsIdentity.DefaultIssuer, identity));

        void AddEach(string type, string words)
        {
            foreach (var word in words.Length == 0 ? [] : words.Contains(' ', StringComparison.Ordinal) ? words.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [words])
            {
                Add(type, word);
            }
        }
    }

    public AccessToken Read(ReadOnlySpan<char> text)
    {
        sessionKey = RevocationList.KeyOf(RevocationList.OfSession(SessionId));
        tokenKey = RevocationList.KeyOf(text);
        rolesKey = RevocationList.KeyOf(RevocationList.OfRoles(Subject, RolesVersion));
        return this;
    }

    public bool IsRevokedBy(RevocationList list) => list.Holds(sessionKey) || list.Holds(tokenKey) || list.Holds(rolesKey);

    /// <summary>By each of which it may be revoked, as the table has them.</summary>
    /// <param name="text">Its own.</param>
    public string[] Hashes(ReadOnlySpan<char> text) =>
        [RevocationList.HashOf(RevocationList.OfSession(SessionId)), RevocationList.HashOf(text), RevocationList.HashOf(RevocationList.OfRoles(Subject, RolesVersion))];
}
