using System.Text.RegularExpressions;

namespace Sluice.Auth.Roles;

/// <summary>One thing of the application's in which somebody has a role.</summary>
/// <param name="Kind">`room`, `organization` …: small letters, digits and underscores, 32 at most.</param>
/// <param name="Id">Which one: 64 letters, digits, hyphens, dots, colons or underscores at most.</param>
public sealed partial record RoleScope(string Kind, string Id)
{
    internal bool IsOne => KindText().IsMatch(Kind) && IdText().IsMatch(Id);

    /// <summary>`room:42`; null for what is none.</summary>
    internal static RoleScope? Parse(string text) => text.Split(':', 2) is [var kind, var id] && new RoleScope(kind, id) is { IsOne: true } scope ? scope : null;

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,31}\z")]
    private static partial Regex KindText();

    [GeneratedRegex(@"\A[A-Za-z0-9._:-]{1,64}\z")]
    private static partial Regex IdText();
}

/// <summary>What became of a change of roles.</summary>
public enum RoleOutcome
{
    Changed,

    /// <summary>It was so before.</summary>
    AsBefore,

    NoAccount,

    /// <summary>No such role or scope; or, where the table of users has the global role, one that its column does not take or that ends by itself.</summary>
    NotARole,

    /// <summary>Nobody else has the administrators' role for good.</summary>
    LastAdministrator,

    /// <summary>Nobody gives a role to themselves, or takes the administrators' from themselves.</summary>
    Own,
}

/// <summary>A role that an account has.</summary>
/// <param name="Scope">Null for everywhere.</param>
/// <param name="Until">When it ends by itself.</param>
/// <param name="By">Who gave it; null from the command line, and for the account's own.</param>
/// <param name="At">Null for the account's own, which is a column of the table of users.</param>
public sealed record HeldRole(string Role, RoleScope? Scope, DateTimeOffset? Until, string? By, DateTimeOffset? At);
