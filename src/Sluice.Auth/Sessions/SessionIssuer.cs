using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Revocation;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Sessions;

/// <summary>Begins, goes on with and ends sessions.</summary>
internal sealed class SessionIssuer(AuthDatabase database, SessionStore store, TokenWriter tokens, Revocations revocations, Announcer announcer, IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    private readonly SessionOptions limits = options.Value.Sessions;
    private readonly TokenOptions tokenOptions = options.Value.Tokens;

    /// <summary>Begins one after a sign-in; the id is always new.</summary>
    /// <param name="passwordHash">What the account must still have.</param>
    /// <param name="together">What must be written with it or not at all.</param>
    /// <returns>Null when the account changed since it was looked at.</returns>
    public async Task<BegunSession?> BeginAsync(UserView user, string? passwordHash, string? device, Client client, IEnumerable<NpgsqlBatchCommand> together, CancellationToken cancellation)
    {
        var (now, id, refresh) = (database.Now, database.NewId(), RefreshToken.New());
        var expires = now + limits.AbsoluteLifetime;
        var beginning = store.Beginning(id, user.Id, passwordHash, refresh, expires, device, client, now);
        await using var batch = database.Source.CreateBatch();
        foreach (var command in together.Append(beginning).Append(store.SignedIn(user.Id, now)))
        {
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellation);
        return beginning.RecordsAffected == 1 ? new BegunSession(id, Tokens(user, id, expires, refresh)) : null;
    }

    /// <summary>A new access token and the next refresh token, for whoever has the one in force, or has just had it.</summary>
    public async Task<Outcome<SessionTokens>> RefreshAsync(string token, Client client, CancellationToken cancellation)
    {
        if (!RefreshToken.IsOne(token))
        {
            return Refusal.RefreshToken;
        }

        var now = database.Now;
        if (await store.RotateAsync(token, RefreshToken.NewSalt(), now, now - limits.IdleLifetime, cancellation) is not { OwnerMay: true } family)
        {
            return Refusal.RefreshToken;
        }

        var successor = RefreshToken.Successor(token, family.SuccessorSalt);
        if (RefreshToken.Hash(successor) != family.InForce || now - family.SupersededAt.UtcDateTime > limits.ReplayWindow)
        {
            // Two hold the same token, and which of them is the owner nobody can tell.
            await EndAsync(family.Owner.Id, family.SessionId, null, "refresh_reuse", null, cancellation);
            await announcer.TellAsync("refresh_reuse_detected", family.Owner.Id, family.SessionId, client, cancellation);
            return Refusal.RefreshToken;
        }

        return Tokens(family.Owner, family.SessionId, family.Expires, successor);
    }

    /// <summary>Ends sessions of a user: their refresh tokens are gone, their access tokens are refused here at once and elsewhere as soon as they hear.</summary>
    /// <returns>How many.</returns>
    public async Task<int> EndAsync(string userId, string? only, string? except, string reason, string? by, CancellationToken cancellation) =>
        await EndAsync(userId, only, except, reason, by, [], cancellation);

    public async Task<int> EndAsync(string userId, string? only, string? except, string reason, string? by, IEnumerable<NpgsqlBatchCommand> together, CancellationToken cancellation)
    {
        var expire = clock.GetUtcNow() + tokenOptions.Lifetime + tokenOptions.ClockSkew * 2;
        NpgsqlBatchCommand[] commands = [.. together, store.Ending(userId, only, except, reason, by, expire.UtcDateTime, revocations.AreInTable)];
        if (revocations.AreInTable)
        {
            await using var batch = database.Source.CreateBatch();
            var ended = await RunAsync(batch, commands, expire, cancellation);
            await revocations.TellAsync(ended);
            return ended.Count;
        }

        await using var connection = await database.Source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var unlisted = new NpgsqlBatch(connection, transaction);
        var gone = await RunAsync(unlisted, commands, expire, cancellation);
        // Before the end of the transaction: were we killed in between, too much would be revoked and not too little.
        await revocations.TellOrListAsync(gone, userId, reason, by, connection, transaction, cancellation);
        await transaction.CommitAsync(cancellation);
        return gone.Count;
    }

    private static async Task<List<Revoked>> RunAsync(NpgsqlBatch batch, NpgsqlBatchCommand[] commands, DateTimeOffset expire, CancellationToken cancellation)
    {
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        var ended = new List<Revoked>();
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            ended.Add(new Revoked(RevocationList.HashOf(RevocationList.OfSession(reader.GetString(0))), expire));
        }

        return ended;
    }

    private SessionTokens Tokens(UserView user, string sessionId, DateTimeOffset sessionExpires, string refresh)
    {
        var (text, expires) = tokens.Write(user.Id, sessionId, user.Role, sessionExpires);
        return new SessionTokens(text, "Bearer", Math.Max(0, (long)(expires - clock.GetUtcNow()).TotalSeconds), expires, refresh, user);
    }
}

internal sealed record BegunSession(string Id, SessionTokens Tokens);
