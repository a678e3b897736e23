using Sluice.Auth.Storage;

namespace Sluice.Auth.Admission;

/// <summary>
/// Who may come in: the one decision, of which every statement is made that makes an account, lets one in or lets it go on. Where the
/// allow-list is off, whoever is not switched off. The texts are for <see cref="Names.Sql"/>.
/// </summary>
internal static class AdmissionSql
{
    /// <summary>Whether an account may sign in.</summary>
    /// <param name="alias">Of the table of users.</param>
    public static string Account(AuthDatabase database, string alias) => Account(database, alias, "");

    /// <summary>The same for what begins something that a removal from the list must end: the removal waits for it, or it for the removal.</summary>
    public static string HeldAccount(AuthDatabase database, string alias) => Account(database, alias, " FOR KEY SHARE");

    /// <summary>Whether an address may have an account.</summary>
    /// <param name="address">An expression of SQL, in lower case.</param>
    public static string Address(AuthDatabase database, string address) => database.HasAllowList ? OnList(address, "") : "true";

    /// <summary>Whether an entry of the list means the address of an account.</summary>
    public static string IsOf(string alias, string entry) => $"{entry} IN (lower({alias}.{{users.email>}}), substring(lower({alias}.{{users.email>}}) FROM '@[^@]*$'))";

    private static string Account(AuthDatabase database, string alias, string held) => database.HasAllowList
        ? $"({alias}.{{users.isActive}} AND ({alias}.{{users.isWhitelisted}} OR {OnList($"lower({alias}.{{users.email>}})", held)}))"
        : $"{alias}.{{users.isActive}}";

    // The domain is what follows the last @: a quoted local part may have others.
    private static string OnList(string address, string held) =>
        $"EXISTS (SELECT FROM {{allowlist}} a WHERE a.{{allowlist.entry}} IN ({address}, substring({address} FROM '@[^@]*$')){held})";
}
