using Sluice.Auth.Audit;
using Sluice.Auth.Revocation;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Clients;

/// <summary>Revokes a token for the client that it was issued to (RFC 7009): a refresh token with its session and all that came of it, an access token by itself.</summary>
internal sealed class RevokeToken(AuthDatabase database, KnownClients clients, SessionStore sessions, SessionIssuer issuer, ClientTokens tokens, Revocations revocations, AuditLog audit, Announcer announcer)
{
    private const string Action = "token_revoked";

    /// <summary>What is no token of ours, or none any more, needs nothing: it is not valid.</summary>
    /// <returns>Why not; null when it is done.</returns>
    public async Task<OAuthError?> RunAsync(string client, string text, Client asking, CancellationToken cancellation)
    {
        // What kind it is shows by itself: a hint (token_type_hint) could only be wrong.
        if (RandomToken.IsOne(text))
        {
            // One that has a successor, too: both are in the same hands, or one is stolen.
            var hashes = clients.HashesOf(text).ToList();
            var own = hashes.Find(h => h.ClientId == client).Hash;
            if (await sessions.OwnerOfAsync([.. hashes.Select(h => h.Hash)], own, cancellation) is not var (session, user, isOwn))
            {
                return null;
            }

            if (isOwn)
            {
                await issuer.EndAsync(new Ending(user, session, null, Action, client), AuditEvent.Of(Action, user, session, asking), cancellation);
            }

            return isOwn ? null : OAuthError.Another;
        }

        // Not by the list: it must be written even if this node has already heard of it.
        if (tokens.Read(text) is not { } token)
        {
            return null;
        }

        if (ClientTokens.ClientOf(text) != client)
        {
            return OAuthError.Another;
        }

        await RevokeAsync(new Revoked(RevocationList.HashOf(text), token.Expires), token, client, asking, cancellation);
        return null;
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
