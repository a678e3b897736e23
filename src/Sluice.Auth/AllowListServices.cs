using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Accounts;
using Sluice.Auth.Admission;
using Sluice.Auth.AllowList;
using Sluice.Auth.Audit;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;

namespace Sluice.Auth;

/// <summary>Who may come in, and who says so.</summary>
internal static class AllowListServices
{
    public static IServiceCollection AddAllowList(this IServiceCollection services) => services
        .AddSingleton<AllowedAddresses>().AddSingleton<AllowListStore>().AddSingleton<InvitationStore>().AddSingleton<Invitations>()
        .AddSingleton(s => new AllowListAdministration(
            s.GetRequiredService<AuthDatabase>(), s.GetRequiredService<AllowListStore>(), s.GetRequiredService<InvitationStore>(), s.GetRequiredService<Invitations>(), s.GetRequiredService<Administrators>(), s.GetRequiredService<SessionIssuer>(), s.GetRequiredService<AuditLog>(), s.GetRequiredService<Announcer>()));
}
