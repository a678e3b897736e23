using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Roles;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>There is always one who can administer: what would end the last of them is undone, of two at the same moment too.</summary>
internal sealed class Administrators(RoleStore roles, IOptions<SluiceAuthOptions> options)
{
    public static readonly Refusal Last = new(409, "last_administrator", "This is the last account that can administer. Make another one first.");
    public static readonly Refusal Own = new(409, "own_account", "An administrator does not do this to the own account. Another one can.");

    /// <summary>First in what may end an administrator.</summary>
    public static NpgsqlBatchCommand TakingTurns() => RoleStore.TakingTurns();

    /// <summary>After what ends the account: affects no row where it was the last that can administer.</summary>
    public NpgsqlBatchCommand KeepingOne(string userId) => roles.KeepingAnAdministrator(userId, options.Value.Roles.Administrator);

    /// <summary>Around what may shut out many: before it, a row for each that there is; after it, one where any of them may sign in.</summary>
    public (NpgsqlBatchCommand Before, NpgsqlBatchCommand After) KeepingAny() =>
        (roles.HoldingAll(options.Value.Roles.Administrator), roles.LookingForAdmitted(options.Value.Roles.Administrator));
}
