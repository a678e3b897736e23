using System.Text.Json.Nodes;
using Npgsql;
using Sluice.Auth.Notifications;
using Sluice.Auth.Web;

namespace Sluice.Auth.Mail;

/// <summary>Tells owners what happened to their accounts, in the transaction in which it does: when they look next, and by mail where it can be sent.</summary>
internal sealed class Notices(Outbox outbox, Letters letters, NotificationStore notifications)
{
    public NpgsqlBatchCommand[] Telling(string kind, string email, string userId, Client client, Addressee addressee = Addressee.Account) =>
    [
        Showing(kind, userId, client, addressee),
        .. outbox.IsOpen ? [outbox.Queuing(letters.Notice(kind, email, userId, client), addressee)] : Array.Empty<NpgsqlBatchCommand>(),
    ];

    /// <summary>That somebody signed in from a new country, or from somewhere new; nothing of the first sign-in of all, which they registered for.</summary>
    public NpgsqlBatchCommand[] TellingOf(bool isNewCountry, bool isWorthIt, string email, string userId, Client client) =>
        isNewCountry ? Telling(LetterKind.NewCountry, email, userId, client, Addressee.SignedInBefore)
        : isWorthIt ? Telling(LetterKind.NewSignIn, email, userId, client, Addressee.SignedInBefore)
        : [];

    /// <summary>The half of it that is no mail, for a cause that writes its own.</summary>
    public NpgsqlBatchCommand Showing(string kind, string userId, Client client, Addressee addressee = Addressee.Account) => notifications.Adding(
        userId,
        TypeOf(kind),
        null,
        Of(client),
        onlyIfSignedInBefore: addressee is Addressee.SignedInBefore);

    /// <summary>It is written.</summary>
    public void Wake() => outbox.Wake();

    private static JsonObject Of(Client client)
    {
        var said = new JsonObject { ["ip"] = client.Ip, ["device"] = Letters.Device(client) };
        if (client.Country is { } country)
        {
            said["country"] = country;
        }

        return said;
    }

    // Without a mail around it, `changed` would not say what.
    private static string TypeOf(string kind) => kind is LetterKind.Changed ? "EMAIL_CHANGED" : kind.ToUpperInvariant().Replace('-', '_');
}
