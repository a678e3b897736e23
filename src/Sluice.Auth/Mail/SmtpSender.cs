using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Mail;

/// <summary>Hands mail to a server, over STARTTLS where it is not on this machine; a connection for each.</summary>
internal sealed class SmtpSender(MailOptions options) : IMailSender
{
    public async Task SendAsync(OutgoingMail mail, CancellationToken cancellation)
    {
        using var client = new SmtpClient(options.Smtp.Host, options.Smtp.Port) { EnableSsl = options.Smtp.StartTls };
        if (options.Smtp.User.Length > 0)
        {
            client.Credentials = new NetworkCredential(options.Smtp.User, options.Smtp.Password);
        }

        // Only for an address that needs it: few servers take it.
        client.DeliveryFormat = Ascii.IsValid(mail.To) ? SmtpDeliveryFormat.SevenBit : SmtpDeliveryFormat.International;
        using var message = Message(mail, options.From);
        try
        {
            await client.SendMailAsync(message, cancellation);
        }
        catch (SmtpFailedRecipientException refused) when ((int)refused.StatusCode is >= 500 and < 600)
        {
            throw new MailRefusedException($"smtp_{(int)refused.StatusCode}");
        }
    }

    /// <summary>Text first, then the same as HTML.</summary>
    public static MailMessage Message(OutgoingMail mail, string from)
    {
        var message = new MailMessage(new MailAddress(from), new MailAddress(mail.To))
        {
            Subject = mail.Subject,
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
        };
        message.Headers.Add("Message-ID", mail.MessageId);
        // Nobody's holiday answers it.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("Content-Language", mail.Culture);
        message.AlternateViews.Add(View(mail.Text, MediaTypeNames.Text.Plain));
        message.AlternateViews.Add(View(mail.Html, MediaTypeNames.Text.Html));
        return message;
    }

    private static AlternateView View(string text, string type)
    {
        var view = AlternateView.CreateAlternateViewFromString(text, Encoding.UTF8, type);
        view.TransferEncoding = TransferEncoding.QuotedPrintable;
        return view;
    }
}
