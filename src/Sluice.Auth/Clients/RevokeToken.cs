using Sluice.Auth.Audit;
using Sluice.Auth.Revocation;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Clients;

/// <summary>Revokes a token for a client (RFC 7009): a refresh token with its session and all that came of it, an access token by itself.</summary>
internal sealed class RevokeToken(AuthDatabase database, SessionStore sessions, SessionIssuer issuer, TokenReader reader, Revocations revocations, AuditLog audit, Announcer announcer, TimeProvider clock)
{
    private const string Action = "token_revoked";

    /// <summary>What is no token of ours, or none any more, needs nothing: it is not valid.</summary>
    public async Task RunAsync(string client, string text, Client asking, CancellationToken cancellation)
    {
        // What kind it is shows by itself: a hint (token_type_hint) could only be wrong.
        if (RandomToken.IsOne(text))
        {
            // One that has a successor, too: both are in the same hands, or one is stolen.
            if (await sessions.OwnerOfAsync(text, cancellation) is var (session, user))
            {
                await issuer.EndAsync(new Ending(user, session, null, Action, client), AuditEvent.Of(Action, user, session, asking), cancellation);
            }

            return;
        }

        // Not by the list: it must be written even if this node has already heard of it.
        if (reader.Read(text, clock.GetUtcNow()) is { } token)
        {
            await RevokeAsync(new Revoked(RevocationList.HashOf(text), token.Expires), token, client, asking, cancellation);
        }
    }

    private async Task RevokeAsync(Revoked revoked, AccessToken token, string client, Client asking, CancellationToken cancellation)
    {
        var happened = AuditEvent.Of(Action, token.Subject, token.SessionId, asking);
        await using var batch = database.Source.CreateBatch();
        foreach (var command in (await revocations.WritingAsync([revoked], token.Subject, Action, client)).Append(audit.Entry(happened)))
        {
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellation);
        await revocations.AfterCommitAsync([revoked]);
        await announcer.AnnounceAsync([happened], cancellation);
    }
}
