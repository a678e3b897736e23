using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Notifications;
using Sluice.Auth.SelfService;
using Sluice.Auth.Storage;

namespace Sluice.Auth;

/// <summary>What owners set and read beside the account itself.</summary>
internal static class SelfServiceServices
{
    public static IServiceCollection AddSelfService(this IServiceCollection services) => services
        .AddSingleton<NotificationStore>()
        .AddSingleton(s => new AccountNotifications(s.GetRequiredService<AuthDatabase>(), s.GetRequiredService<NotificationStore>()))
        .AddSingleton<PreferenceStore>().AddSingleton<ChangePreferences>();
}
