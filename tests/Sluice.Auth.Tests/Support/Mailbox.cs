using System.Collections.Concurrent;
using Sluice.Auth.Mail;
using Sluice.Auth.Settings;
using Sluice.Tests.Support;

namespace Sluice.Auth.Tests.Support;

/// <summary>Where mail ends: what a node sends by a sender of its host's own.</summary>
internal sealed class Mailbox : IMailSender
{
    private readonly ConcurrentQueue<OutgoingMail> sent = [];

    public static void Use(SluiceAuthOptions options)
    {
        (options.Mail.From, options.Mail.LinkBase, options.Mail.HasOwnSender, options.AutoConfirm) = ("auth@example.com", "https://app.example.com", true, true);
        (options.RateLimits.MailsPerClient, options.RateLimits.MailsPerAddress) = (default, default);
    }

    /// <summary>Of the last link to an address with such a path, when it has come.</summary>
    public async Task<string> TokenAsync(string to, string path)
    {
        var links = sent.Where(m => m.To == to && m.Text.Contains($"/{path}?token=", StringComparison.Ordinal));
        await Wait.UntilAsync(() => Task.FromResult(links.Any()), () => $"no link to {path} was mailed to {to}, but {string.Join(", ", sent.Select(m => $"{m.To}: {m.Subject}"))}");
        return links.Last().Text.Split("?token=")[1][..43];
    }

    public Task SendAsync(OutgoingMail mail, CancellationToken cancellation)
    {
        sent.Enqueue(mail);
        return Task.CompletedTask;
    }
}
