using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Accounts;
using Sluice.Auth.Administration;

namespace Sluice.Auth;

/// <summary>What administrators use.</summary>
internal static class AdministrationServices
{
    public static IServiceCollection AddAdministration(this IServiceCollection services) => services
        .AddSingleton<Administrators>().AddSingleton<ControlStore>().AddSingleton<AccountControl>()
        .AddSingleton(s => new AccountAdministration(s.GetRequiredService<AccountStore>(), s.GetRequiredService<AccountControl>()))
        .AddSingleton<Cursors>().AddSingleton<UserListing>().AddSingleton<AuditListing>().AddSingleton<AuditExport>().AddSingleton<MailListing>().AddSingleton<Statistics>()
        .AddSingleton<CreateUser>().AddSingleton<ImportLines>();
}
