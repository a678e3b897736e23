using Sluice.Auth.Storage;

namespace Sluice.Auth.Admission;

/// <summary>Whether an administrator keeps an account out. The text is for <see cref="Names.Sql"/>.</summary>
internal static class LockSql
{
    /// <param name="alias">Of the table of users.</param>
    /// <param name="now">The parameter that has the time.</param>
    public static string None(string alias, string now) =>
        $"NOT EXISTS (SELECT FROM {{account_locks}} l WHERE l.{{account_locks.userId}} = {alias}.{{users.id}} AND (l.{{account_locks.endsAt}} IS NULL OR l.{{account_locks.endsAt}} > {now}))";
}
