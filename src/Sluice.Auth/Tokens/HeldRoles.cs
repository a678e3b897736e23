using System.Globalization;

namespace Sluice.Auth.Tokens;

/// <summary>The roles of an account, as the database had them at one moment.</summary>
/// <param name="Role">Its own, of the table of users.</param>
internal sealed record HeldRoles(string Role)
{
    /// <summary>What is read of an account with more; an endpoint asks for the others by name.</summary>
    public const int Most = 100;

    // Longer is no name of a role.
    private const int LongestRole = 64;

    /// <summary>How many times they have changed.</summary>
    public long Version { get; init; }

    public IReadOnlyList<RoleGrant> Grants { get; init; } = [];

    /// <summary>Whether there are more grants than these.</summary>
    public bool AreMore { get; init; }

    /// <summary>Those that hold everywhere.</summary>
    public IEnumerable<string> Everywhere => Grants.Where(g => g.IsGlobal).Select(g => g.Role).Prepend(Role).Where(r => r.Length > 0).Distinct(StringComparer.Ordinal);

    /// <summary>Whether it has a role everywhere, for as long as nobody takes it away.</summary>
    public bool HaveForGood(string role) => Role == role || Grants.Any(g => g is { IsGlobal: true, Until: null } && g.Role == role);

    /// <param name="texts">The version, the account's own role, and grants as <see cref="RoleGrant.Read"/> takes them.</param>
    public static HeldRoles Read(string?[] texts) => new(texts[1] is { Length: > 0 and <= LongestRole } role ? role : "user")
    {
        Version = long.Parse(texts[0]!, CultureInfo.InvariantCulture),
        Grants = [.. texts[2..].Take(Most).Select(t => RoleGrant.Read(t!)).OfType<RoleGrant>()],
        AreMore = texts.Length - 2 > Most,
    };
}

/// <summary>A role that somebody has, everywhere or in one thing.</summary>
/// <param name="ScopeKind">`room`, `organization` …; empty for everywhere.</param>
internal sealed record RoleGrant(string Role, string ScopeKind, string ScopeId, DateTimeOffset? Until)
{
    public const char Between = '\u001f';

    public bool IsGlobal => ScopeKind.Length == 0;

    /// <summary>As a token has it: neither kinds nor roles have a colon.</summary>
    public string Claim => Of(ScopeKind, ScopeId, Role);

    public static string Of(string kind, string id, string role) => $"{kind}:{id}:{role}";

    /// <returns>Null for what the application wrote and is none.</returns>
    public static RoleGrant? Read(string text) => text.Split(Between) is [var role, var kind, var id, var until]
        ? new RoleGrant(role, kind, id, until.Length == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(long.Parse(until, CultureInfo.InvariantCulture)))
        : null;
}
