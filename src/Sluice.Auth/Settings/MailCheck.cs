using System.Net;
using System.Net.Mail;

namespace Sluice.Auth.Settings;

/// <summary>What is wrong with the options of mail.</summary>
internal static class MailCheck
{
    private const int SecretCharacters = 16;

    public static IEnumerable<string> Problems(SluiceAuthOptions options)
    {
        var o = options.Mail;
        if (!o.IsOn)
        {
            yield break;
        }

        if (new[] { o.HasOwnSender, o.Smtp.Host.Length > 0, o.Folder.Length > 0 }.Count(isSet => isSet) > 1)
        {
            yield return "Mail has more than one sender. Set its Folder, or Smtp with a Host, or a sender of your own, and none of the others.";
        }

        if (options.Tables.Absent.Contains("users.emailVerified"))
        {
            yield return "Mail confirms addresses, and Tables.Absent says that there is no users.emailVerified to note it in. Add the column, or send no mail.";
        }

        if (!MailAddress.TryCreate(o.From, out _))
        {
            yield return $"Mail.From is `{o.From}`. Set who writes: Example <no-reply@example.com>.";
        }

        if (!Uri.TryCreate(o.LinkBase, UriKind.Absolute, out var link) || link.Scheme is not ("https" or "http") || link.Query.Length > 0 || link.Fragment.Length > 0 || o.LinkBase.EndsWith('/'))
        {
            yield return $"Mail.LinkBase is `{o.LinkBase}`. Set what links begin with, without a slash at the end: https://auth.example.com/auth/v1.";
        }
        else if (link.Scheme == "http" && !link.IsLoopback)
        {
            yield return $"Mail.LinkBase is `{o.LinkBase}`, and links carry secrets. Set an https address; http is for localhost.";
        }

        if (o.Smtp.Host.Length > 0 && !o.Smtp.StartTls && !IsHere(o.Smtp.Host))
        {
            yield return $"Mail.Smtp sends to {o.Smtp.Host} in the clear. Set StartTls; without it only a server on this machine is used.";
        }

        if (o.Smtp.Port is < 1 or > 65535)
        {
            yield return $"Mail.Smtp.Port is {o.Smtp.Port}. Set 587.";
        }

        if (o.BounceSecret.Length is > 0 and < SecretCharacters)
        {
            yield return $"Mail.BounceSecret has fewer than {SecretCharacters} characters. Set one from `openssl rand -base64 32`.";
        }

        if (o.ResetLifetime < TimeSpan.FromMinutes(5) || o.ResetLifetime > TimeSpan.FromHours(1) || o.ConfirmLifetime < TimeSpan.FromHours(1) || o.ConfirmLifetime > TimeSpan.FromDays(3)
            || o.CodeLifetime < TimeSpan.FromMinutes(1) || o.CodeLifetime > TimeSpan.FromHours(1))
        {
            yield return $"Mail's tokens hold {o.ResetLifetime} (reset), {o.ConfirmLifetime} (confirmation) and {o.CodeLifetime} (code). Set 30 minutes (5 minutes to an hour), 24 hours (an hour to three days) and 15 minutes (up to an hour).";
        }

        if (o.Look <= TimeSpan.Zero || o.FirstRetry <= TimeSpan.Zero || o.SendTimeout <= TimeSpan.Zero || o.BouncesBeforeSilence < 1 || o.KeepLog < TimeSpan.FromDays(30))
        {
            yield return "Mail needs Look, FirstRetry and SendTimeout of more than nothing, BouncesBeforeSilence of at least 1, and KeepLog of at least 30 days.";
        }

        if (o.Templates.Length > 0 && !Directory.Exists(o.Templates))
        {
            yield return $"Mail.Templates is `{o.Templates}`, where there is no folder. Make it, or leave the option out.";
        }
    }

    private static bool IsHere(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
