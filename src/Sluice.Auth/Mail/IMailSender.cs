namespace Sluice.Auth.Mail;

/// <summary>Hands mail over to who delivers it. One of the host's own: `AddSluiceMailSender`.</summary>
public interface IMailSender
{
    /// <summary>Returns when the mail was taken over. What it throws is tried again later, except for <see cref="MailRefusedException"/>.</summary>
    Task SendAsync(OutgoingMail mail, CancellationToken cancellation);
}

/// <summary>A mail as it is sent.</summary>
/// <param name="Id">Of its row in `email_logs`: the same when it is sent again because nobody knows whether it was.</param>
/// <param name="MessageId">By which a report of its return names it.</param>
/// <param name="Culture">Of its text: `en`, `de` …</param>
public sealed record OutgoingMail(string Id, string MessageId, string To, string Subject, string Text, string Html, string Culture);

/// <summary>The address takes no mail: it is not tried again, and counts as returned.</summary>
/// <param name="reason">A status, no words of a server: it is kept.</param>
public sealed class MailRefusedException(string reason) : Exception(reason);
