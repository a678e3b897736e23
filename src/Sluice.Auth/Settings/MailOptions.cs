namespace Sluice.Auth.Settings;

/// <summary>How mail leaves, and what its links begin with. Without a sender no mail is written, and the routes that need one are not there.</summary>
public sealed class MailOptions
{
    /// <summary>A server that takes mail. Set its Host, or <see cref="Folder"/>, or add a sender of the host's own (`AddSluiceMailSender`).</summary>
    public SmtpOptions Smtp { get; } = new();

    /// <summary>For development: mails are written here as .eml files.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Who writes: `Example &lt;no-reply@example.com&gt;`.</summary>
    public string From { get; set; } = "";

    /// <summary>What links in mails begin with: where people reach these routes, `https://auth.example.com/auth/v1`, or pages of the
    /// application's own below another address. Nothing of a request is ever in a link.</summary>
    public string LinkBase { get; set; } = "";

    /// <summary>What the service is called in mails; empty for the host of <see cref="LinkBase"/>.</summary>
    public string Product { get; set; } = "";

    /// <summary>A folder with templates that take the place of ours, file by file.</summary>
    public string Templates { get; set; } = "";

    /// <summary>The language of those who ask for none that there is.</summary>
    public string Culture { get; set; } = "en";

    /// <summary>Sent in the header `Sluice-Mail-Secret` by whoever reports mail that came back. Empty: nobody may.</summary>
    public string BounceSecret { get; set; } = "";

    /// <summary>Of a link that confirms an address, or another one.</summary>
    public TimeSpan ConfirmLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Of a link that sets another password.</summary>
    public TimeSpan ResetLifetime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Of the six digits beside a confirmation's link.</summary>
    public TimeSpan CodeLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often a node looks for mail that another has left, or that is due again.</summary>
    public TimeSpan Look { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>After a failure; each further one doubles it, up to an hour, as long as the mail is of use.</summary>
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>For one mail; after twice this time another node takes it that this one did not send.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Mails that came back from an address in 30 days, after which it gets none.</summary>
    public int BouncesBeforeSilence { get; set; } = 3;

    /// <summary>How long `email_logs` goes back.</summary>
    public TimeSpan KeepLog { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Set with a sender of the host's own.</summary>
    internal bool HasOwnSender { get; set; }

    internal bool IsOn => HasOwnSender || Smtp.Host.Length > 0 || Folder.Length > 0;
}

/// <summary>A server that takes mail.</summary>
public sealed class SmtpOptions
{
    /// <summary>Its name; empty for none.</summary>
    public string Host { get; set; } = "";

    /// <summary>587 is for submission, with STARTTLS.</summary>
    public int Port { get; set; } = 587;

    /// <summary>Empty: without signing in.</summary>
    public string User { get; set; } = "";

    /// <summary>Of that user.</summary>
    public string Password { get; set; } = "";

    /// <summary>STARTTLS, with a certificate that this machine trusts; without it nothing is sent. Off only for a server on this machine.</summary>
    public bool StartTls { get; set; } = true;
}
