using System.Net.Mail;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Mail;

/// <summary>For development: mail goes into a folder, as .eml files that mail programs open.</summary>
internal sealed partial class FolderSender : IMailSender
{
    private readonly MailOptions options;
    private readonly string folder;
    private readonly ILogger<FolderSender> log;

    public FolderSender(MailOptions options, ILogger<FolderSender> log)
    {
        (this.options, this.log) = (options, log);
        folder = Directory.CreateDirectory(options.Folder).FullName;
    }

    public async Task SendAsync(OutgoingMail mail, CancellationToken cancellation)
    {
        // Written beside, then moved: who watches the folder finds only whole ones.
        var beside = Directory.CreateDirectory(Path.Combine(folder, $".{mail.Id}"));
        try
        {
            using var client = new SmtpClient { DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory, PickupDirectoryLocation = beside.FullName };
            using var message = SmtpSender.Message(mail, options.From);
            await client.SendMailAsync(message, cancellation);
            var file = Path.Combine(folder, $"{mail.Id}.eml");
            File.Move(Directory.GetFiles(beside.FullName).Single(), file, overwrite: true);
            Written(log, file);
        }
        finally
        {
            beside.Delete(recursive: true);
        }
    }

    [LoggerMessage(EventId = 8010, Level = LogLevel.Information, Message = "Mail written to {File}")]
    private static partial void Written(ILogger log, string file);
}
