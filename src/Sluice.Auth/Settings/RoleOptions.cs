using System.Text.RegularExpressions;

namespace Sluice.Auth.Settings;

/// <summary>The roles that there are, and where an account's global one is kept.</summary>
public sealed class RoleOptions
{
    private static readonly string[] Usual = ["ADMIN", "ORGANIZER", "MODERATOR", "PARTICIPANT", "VIEWER"];

    /// <summary>Those that can be given. Empty: ADMIN, ORGANIZER, MODERATOR, PARTICIPANT, VIEWER.</summary>
    public IList<string> Names { get; } = [];

    /// <summary>The one that administers accounts; the last account that has it everywhere keeps it.</summary>
    public string Administrator { get; set; } = "ADMIN";

    /// <summary>An account has one global role, and it is `users.role`: for applications whose own code reads that column. Otherwise the column
    /// is written by the application alone, and global roles are given beside it.</summary>
    public bool InUsers { get; set; }

    internal IReadOnlyList<string> Known => Names.Count > 0 ? [.. Names] : Usual;
}

/// <summary>What is wrong with them, each with what to set.</summary>
internal static partial class RolesCheck
{
    // All of them go into an access token.
    private const int LongestTogether = 256;

    public static IEnumerable<string> Problems(SluiceAuthOptions o)
    {
        if (o.Roles.Known.Where(n => !Name().IsMatch(n)).ToList() is { Count: > 0 } odd)
        {
            yield return $"Roles.Names has {string.Join(", ", odd.Select(n => $"`{n}`"))}. A role is a letter, then letters, digits, hyphens or underscores, 32 at most.";
        }

        if (o.Roles.Known.Distinct(StringComparer.Ordinal).Count() < o.Roles.Known.Count || o.Roles.Known.Sum(n => n.Length) > LongestTogether)
        {
            yield return $"Roles.Names has a role twice, or more than {LongestTogether} letters in all. Set each once, in short words.";
        }

        if (!o.Roles.Known.Contains(o.Roles.Administrator, StringComparer.Ordinal))
        {
            yield return $"Roles.Administrator is `{o.Roles.Administrator}`, which is none of {string.Join(", ", o.Roles.Known)}. Set the one that administers accounts.";
        }

        if (o.Roles.InUsers && o.Tables.Absent.Contains("users.role"))
        {
            yield return "Roles.InUsers is set, and Tables.Absent has `users.role`: there is nowhere to write it. Add the column, or set InUsers to false.";
        }
    }

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]{0,31}\z")]
    private static partial Regex Name();
}
