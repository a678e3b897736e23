using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Audit;
using Sluice.Auth.Mail;
using Sluice.Auth.Revocation;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Sessions;

/// <summary>Begins, goes on with and ends sessions.</summary>
internal sealed class SessionIssuer(AuthDatabase database, SessionStore store, Rotations rotations, Fingerprint fingerprint, TokenWriter tokens, Enrichment enrichment, Revocations revocations, AuditLog audit, Announcer announcer, Notices notices, IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    // The database keeps microseconds: what has just been written may seem to be of before.
    private static readonly TimeSpan Rounding = TimeSpan.FromMicroseconds(1);

    private readonly SessionOptions limits = options.Value.Sessions;
    private readonly TokenOptions tokenOptions = options.Value.Tokens;
    private readonly bool compares = options.Value.Sessions.Fingerprint is not FingerprintPolicy.Ignore && database.Names.Has("sessions.fingerprint");
    private readonly bool refuses = options.Value.Sessions.Fingerprint is FingerprintPolicy.Refuse;

    /// <summary>A session to be, of who has just signed in; the id is always new.</summary>
    /// <param name="passwordHash">What the account must still have.</param>
    /// <param name="assurance">What was shown; a password alone where nothing is said.</param>
    /// <param name="until">When the session ends whose place it takes: nothing but a sign-in begins an absolute lifetime.</param>
    /// <param name="to">The client that it is for; null for the application's own pages.</param>
    /// <param name="trustedDevice">As <see cref="TrustedDevices"/> has found it.</param>
    /// <param name="parent">The browser's session of which it is born.</param>
    public async Task<NewSession> PrepareAsync(
        UserView user, string? passwordHash, string? device, Client client, Assurance? assurance = null, DateTime? until = null, IssuedTo? to = null, string? trustedDevice = null, string? parent = null, CancellationToken cancellation = default)
    {
        var (now, id, refresh) = (database.Now, database.NewId(), RandomToken.New());
        var expires = until is { } end && end < now + limits.AbsoluteLifetime ? end : now + limits.AbsoluteLifetime;
        var shown = assurance ?? Assurance.Password;
        return new NewSession(
            id, await TokensAsync(user, id, shown, expires, refresh, to, cancellation), store.Beginning(id, user.Id, passwordHash, RefreshToken.Hash(refresh, to?.ClientId), expires, device, client, compares ? fingerprint.Of(client) : null, now, shown, trustedDevice, parent), store.SignedIn(user.Id, now));
    }

    /// <summary>Begins it.</summary>
    /// <param name="together">What must be written with it or not at all.</param>
    /// <param name="events">What the audit says of it.</param>
    /// <param name="holds">Asked when all is written, before it is final.</param>
    /// <param name="after">What must be written with it and needs its row.</param>
    /// <returns>Whether it was begun; not when the account changed since it was looked at.</returns>
    public async Task<bool> BeginAsync(
        NewSession session, IEnumerable<NpgsqlBatchCommand> together, IReadOnlyList<AuditEvent> events, CancellationToken cancellation, Func<bool>? holds = null, IEnumerable<NpgsqlBatchCommand>? after = null)
    {
        NpgsqlBatchCommand[] begin = [.. together, session.SigningIn, session.Beginning], then = [.. after ?? [], .. events.Select(audit.Entry)];
        if (!await (holds is null ? AtOnceAsync() : database.ChangeAsync(begin, null, () => session.Beginning.RecordsAffected == 1 && holds() ? then : null, cancellation)))
        {
            return false;
        }

        await announcer.AnnounceAsync(events, cancellation);
        return true;

        Task<bool> AtOnceAsync()
        {
            var required = store.Requiring(session.Id);
            return database.ChangeAsync([.. begin, required, .. then], required, cancellation);
        }
    }

    /// <summary>A new access token and the next refresh token, for whoever has the one in force, or has just had it.</summary>
    public async Task<Outcome<SessionTokens>> RefreshAsync(string token, Client client, CancellationToken cancellation)
    {
        var (next, refusal) = await GoOnAsync(token, null, client, cancellation);
        return next is null ? refusal! : await TokensAsync(next.Family.Owner, next.Family.SessionId, next.Family.Assurance, next.Family.Expires, next.RefreshToken, null, cancellation);
    }

    /// <summary>The next refresh token, and the session that it is of, for who knows best what access tokens of it say.</summary>
    /// <param name="clientId">Whose the token is; null for the application's own pages.</param>
    public async Task<Outcome<NextToken>> GoOnAsync(string token, string? clientId, Client client, CancellationToken cancellation)
    {
        if (!RandomToken.MayBeOne(token))
        {
            return Refusal.RefreshToken;
        }

        var now = database.Now;
        var print = compares ? fingerprint.Of(client) : null;
        if (await rotations.RotateAsync(token, clientId, refuses ? print : null, cancellation) is not { OwnerMay: true } family)
        {
            if (refuses && await store.InForceAsync(RefreshToken.Hash(token, clientId), limits.IdleLifetime, cancellation) is { } living)
            {
                await announcer.TellAsync(AuditEvent.Of("session_fingerprint_refused", living.UserId, living.Id, client), cancellation);
            }

            return Refusal.RefreshToken;
        }

        var successor = family.Successor ?? RefreshToken.Successor(token, family.SuccessorSalt);
        if (family.Successor is null && (RefreshToken.Hash(successor, clientId) != family.InForce || now - family.SupersededAt.UtcDateTime > limits.ReplayWindow + Rounding))
        {
            // Two hold the same token, and which of them is the owner nobody can tell.
            await EndAsync(
                new Ending(family.Owner.Id, family.SessionId, null, "refresh_reuse", null),
                AuditEvent.Of("refresh_reuse_detected", family.Owner.Id, family.SessionId, client),
                notices.Telling(LetterKind.SessionStolen, family.Owner.Email, family.Owner.Id, client),
                _ => true,
                cancellation);
            notices.Wake();
            return Refusal.RefreshToken;
        }

        return print is null || print == family.Fingerprint || await MayGoOnAsync(family, print, client, cancellation)
            ? new NextToken(family, successor)
            : Refusal.RefreshToken;
    }

    // Another device than before has the token. Told once for each change, of however many at once.
    private async Task<bool> MayGoOnAsync(Family family, string print, Client client, CancellationToken cancellation)
    {
        var happened = AuditEvent.Of(refuses ? "session_fingerprint_refused" : "session_fingerprint_changed", family.Owner.Id, family.SessionId, client);
        if (family.Fingerprint is not null && refuses)
        {
            await announcer.TellAsync(happened, cancellation);
            return false;
        }

        // A session from before there were fingerprints gets its first.
        AuditEvent[] events = family.Fingerprint is null ? [] : [happened];
        var keeping = store.KeepingFingerprint(family.SessionId, print);
        if (await database.ChangeAsync([keeping], null, () => keeping.RecordsAffected == 1 ? events.Select(audit.Entry) : null, cancellation))
        {
            await announcer.AnnounceAsync(events, cancellation);
        }

        return true;
    }

    /// <summary>Ends sessions of a user: their refresh tokens are gone, their access tokens are refused here at once and elsewhere as soon as they hear.</summary>
    /// <returns>How many.</returns>
    public async Task<int> EndAsync(Ending ending, AuditEvent happened, CancellationToken cancellation) => await EndAsync(ending, happened, [], _ => true, cancellation) ?? 0;

    /// <param name="together">What must be written with it or not at all.</param>
    /// <param name="holds">Asked with the ids of those that ended, before it is final.</param>
    /// <returns>How many; null when it was undone.</returns>
    public Task<int?> EndAsync(Ending ending, AuditEvent happened, IReadOnlyList<NpgsqlBatchCommand> together, Func<IReadOnlyCollection<string>, bool> holds, CancellationToken cancellation) =>
        EndAsync(
            (expire, isListed) => store.Ending(ending, expire, isListed), ending.Reason, ending.By, happened, ending.IsOfAll ? [.. together, store.VoidingCodes(ending.UserId)] : together, holds, cancellation);

    /// <summary>Ends the sessions of all who may not sign in any more.</summary>
    /// <param name="entry">Only of those whose address it means, of the allow-list; null for everybody.</param>
    /// <inheritdoc cref="EndAsync(Ending, AuditEvent, IReadOnlyList{NpgsqlBatchCommand}, Func{IReadOnlyCollection{string}, bool}, CancellationToken)"/>
    public Task<int?> EndOfDeniedAsync(string? entry, string? by, AuditEvent happened, IReadOnlyList<NpgsqlBatchCommand> together, Func<IReadOnlyCollection<string>, bool> holds, CancellationToken cancellation) =>
        EndAsync((expire, isListed) => store.EndingOfDenied(entry, happened.Action, by, expire, isListed), happened.Action, by, happened, together, holds, cancellation);

    /// <summary>Where what ends sessions has a code of its own to write after it: <see cref="Ending.ForSignIn"/>.</summary>
    public NpgsqlBatchCommand VoidingCodes(string userId) => store.VoidingCodes(userId);

    private async Task<int?> EndAsync(
        Func<DateTime, bool, NpgsqlBatchCommand> ending, string reason, string? by, AuditEvent happened, IReadOnlyList<NpgsqlBatchCommand> together, Func<IReadOnlyCollection<string>, bool> holds, CancellationToken cancellation)
    {
        var expire = clock.GetUtcNow() + tokenOptions.Lifetime + tokenOptions.ClockSkew * 2;
        var (ids, revoked) = (new List<string>(), new List<(string User, Revoked Revoked)>());
        if (!await database.ChangeAsync(
            [.. together, ending(expire.UtcDateTime, revocations.AreInTable)],
            async reader =>
            {
                while (await reader.ReadAsync(cancellation))
                {
                    ids.Add(reader.GetString(0));
                    revoked.Add((reader.GetString(1), new Revoked(RevocationList.HashOf(RevocationList.OfSession(ids[^1])), expire)));
                }
            },
            async () => holds(ids) ? [audit.Entry(happened with { Old = WithSessions(happened.Old, ids) }), .. await BeforeCommitAsync(revoked, reason, by)] : null,
            cancellation))
        {
            return null;
        }

        await revocations.AfterCommitAsync([.. revoked.Select(r => r.Revoked)]);
        await announcer.AnnounceAsync([happened], cancellation);
        return ids.Count;
    }

    private async Task<List<NpgsqlBatchCommand>> BeforeCommitAsync(List<(string User, Revoked Revoked)> revoked, string reason, string? by)
    {
        var written = new List<NpgsqlBatchCommand>();
        foreach (var of in revoked.GroupBy(r => r.User, r => r.Revoked, StringComparer.Ordinal))
        {
            written.AddRange(await revocations.BeforeCommitAsync([.. of], of.Key, reason, by));
        }

        return written;
    }

    private static JsonObject WithSessions(JsonObject? old, IEnumerable<string> ended)
    {
        var values = old?.DeepClone().AsObject() ?? [];
        values["sessions"] = new JsonArray([.. ended.Select(id => JsonValue.Create(id))]);
        return values;
    }

    /// <summary>A session's tokens. What the application adds is for its own: a client of somebody else's gets none of it.</summary>
    /// <param name="to">The client that they are for; null for the application's own pages.</param>
    public async Task<SessionTokens> TokensAsync(UserView user, string sessionId, Assurance assurance, DateTimeOffset sessionExpires, string refresh, IssuedTo? to, CancellationToken cancellation)
    {
        var added = to is null or { HasRole: true } ? await enrichment.OfAsync(new TokenSubject(user.Id, sessionId, user.Email, user.Role), cancellation) : null;
        var (text, expires) = tokens.Write(user.Id, sessionId, user.Roles, assurance, sessionExpires, added, to);
        return new SessionTokens(text, "Bearer", Math.Max(0, (long)(expires - clock.GetUtcNow()).TotalSeconds), expires, refresh, user);
    }
}

/// <summary>A refresh token that is in force now, and its session.</summary>
internal sealed record NextToken(Family Family, string RefreshToken);

/// <summary>A session that is not in the database yet.</summary>
internal sealed record NewSession(string Id, SessionTokens Tokens, NpgsqlBatchCommand Beginning, NpgsqlBatchCommand SigningIn);
