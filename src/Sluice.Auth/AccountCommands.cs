using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Accounts;
using Sluice.Auth.Storage;

namespace Sluice.Auth;

/// <summary>`disable EMAIL`, `enable EMAIL`. Running nodes refuse the account's tokens as soon as they hear.</summary>
internal static class AccountCommands
{
    public static async Task<int> RunAsync(IServiceProvider services, string email, bool isActive, TextWriter output, CancellationToken cancellation)
    {
        if (!services.GetRequiredService<AuthDatabase>().Names.Has("users.isActive"))
        {
            await output.WriteLineAsync("The table of users has no column for it (Tables.Absent has `users.isActive`). Add it, as `schema check` says.");
            return 1;
        }

        var (text, code) = await services.GetRequiredService<SwitchAccount>().RunAsync(email, isActive, cancellation) switch
        {
            null => ("There is no account with that address.", 1),
            false => (isActive ? "The account was enabled before." : "The account was disabled before.", 0),
            true => (isActive ? "The account may sign in again." : "The account is disabled; its sessions have ended.", 0),
        };
        await output.WriteLineAsync(text);
        return code;
    }
}
