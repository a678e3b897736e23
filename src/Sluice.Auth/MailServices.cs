using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sluice.Auth.Links;
using Sluice.Auth.Mail;
using Sluice.Auth.Settings;

namespace Sluice.Auth;

/// <summary>Mail: what waits, what it says, who takes it.</summary>
public static class MailServices
{
    /// <summary>Mail goes through a sender of the host's own, instead of `Mail.Smtp` or `Mail.Folder`.</summary>
    public static IServiceCollection AddSluiceMailSender<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(this IServiceCollection services)
        where T : class, IMailSender
    {
        services.Configure<SluiceAuthOptions>(o => o.Mail.HasOwnSender = true);
        return services.Replace(ServiceDescriptor.Singleton<IMailSender, T>());
    }

    internal static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.TryAddSingleton<IMailSender>(s => s.GetRequiredService<IOptions<SluiceAuthOptions>>().Value.Mail switch
        {
            { Folder.Length: > 0 } mail => new FolderSender(mail, s.GetRequiredService<ILogger<FolderSender>>()),
            var mail => new SmtpSender(mail),
        });
        services.AddSingleton<LinkStore>().AddSingleton<VerifyEmail>().AddSingleton<ResetPassword>().AddSingleton<ChangeEmail>();
        return services.AddSingleton<Templates>().AddSingleton<Letters>().AddSingleton<Outbox>().AddSingleton<Confirmations>().AddSingleton<MailBudget>().AddSingleton<OpenLinks>().AddSingleton<Notices>().AddSingleton<Delivery>();
    }
}
