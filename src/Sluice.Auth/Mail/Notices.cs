using Npgsql;
using Sluice.Auth.Web;

namespace Sluice.Auth.Mail;

/// <summary>Tells owners what happened to their accounts, in the transaction in which it does.</summary>
internal sealed class Notices(Outbox outbox, Letters letters)
{
    /// <summary>Nothing, where no mail can be sent.</summary>
    public NpgsqlBatchCommand[] Telling(string kind, string email, string userId, Client client, Addressee addressee = Addressee.Account) =>
        outbox.IsOpen ? [outbox.Queuing(letters.Notice(kind, email, userId, client), addressee)] : [];

    /// <summary>It is written.</summary>
    public void Wake() => outbox.Wake();
}
