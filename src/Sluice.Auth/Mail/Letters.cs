using System.Globalization;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Mail;

/// <summary>Letters, each in the language of who asked. What a link begins with is the host's word, never a request's.</summary>
internal sealed class Letters(AuthDatabase database, Templates templates, IOptions<SluiceAuthOptions> options)
{
    private const int LongestDevice = 120;

    // News is worth telling as long as a mail server may be away.
    private static readonly TimeSpan NoticeLifetime = TimeSpan.FromDays(3);

    private readonly MailOptions settings = options.Value.Mail;

    public Letter Confirm(string to, string token, string code, Client client) => Make(
        LetterKind.Confirm, to, null, client, settings.ConfirmLifetime, ("link", Link("email/verify", token)), ("code", code), ("hours", Hours(settings.ConfirmLifetime)), ("minutes", Minutes(settings.CodeLifetime)));

    public Letter Known(string to, Client client) => Make(LetterKind.Known, to, null, client, NoticeLifetime);

    public Letter NameTaken(string to, string name, Client client) => Make(LetterKind.NameTaken, to, null, client, NoticeLifetime, ("name", name));

    public Letter Reset(string to, string token, Client client) =>
        Make(LetterKind.Reset, to, null, client, settings.ResetLifetime, ("link", ResetLink(token)), ("minutes", Minutes(settings.ResetLifetime)));

    public Letter ChangeOld(string to, string userId, string address, string token, Client client) =>
        Make(LetterKind.ChangeOld, to, userId, client, settings.ConfirmLifetime, ("link", Link("me/email/confirm", token)), ("address", address), ("hours", Hours(settings.ConfirmLifetime)));

    public Letter ChangeNew(string to, string userId, string token, Client client) =>
        Make(LetterKind.ChangeNew, to, userId, client, settings.ConfirmLifetime, ("link", Link("me/email/confirm", token)), ("hours", Hours(settings.ConfirmLifetime)));

    public Letter Changed(string to, string userId, string address, Client client) => Make(LetterKind.Changed, to, userId, client, NoticeLifetime, ("address", address), ("time", Now()));

    public Letter Invite(string to, string token, TimeSpan lifetime) =>
        Make(LetterKind.Invite, to, null, new Client(null, null, ""), lifetime, ("link", Link("invitations/accept", token)), ("until", Time(database.Now + lifetime)));

    /// <summary>That something happened, when, and from where.</summary>
    public Letter Notice(string kind, string to, string userId, Client client) => kind is LetterKind.NewSignIn or LetterKind.NewCountry
        ? Make(kind, to, userId, client, NoticeLifetime, ("time", Now()), ("ip", client.Ip ?? "?"), ("device", Device(client) ?? "?"), ("country", client.Country ?? "?"))
        : Make(kind, to, userId, client, NoticeLifetime, ("time", Now()), ("ip", client.Ip ?? "?"), ("device", Device(client) ?? "?"));

    /// <summary>What it calls itself, as much of it as somebody reads.</summary>
    public static string? Device(Client client) => client.Agent?[..Math.Min(client.Agent.Length, LongestDevice)];

    /// <summary>Where another password is set: what a letter has, for who shows it another way.</summary>
    public string ResetLink(string token) => Link("password/reset", token);

    private Letter Make(string kind, string to, string? userId, Client client, TimeSpan lifetime, params ReadOnlySpan<(string Name, string Value)> values)
    {
        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            said[name] = value;
        }

        return new Letter(kind, to, userId, templates.Culture(client.Languages), database.Now + lifetime, said);
    }

    private string Link(string path, string token) => $"{settings.LinkBase}/{path}?token={token}";

    private string Now() => Time(database.Now);

    private static string Time(DateTime time) => time.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Hours(TimeSpan time) => ((int)time.TotalHours).ToString(CultureInfo.InvariantCulture);

    private static string Minutes(TimeSpan time) => ((int)time.TotalMinutes).ToString(CultureInfo.InvariantCulture);
}
