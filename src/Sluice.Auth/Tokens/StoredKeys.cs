using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Audit;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Tokens;

/// <summary>
/// The key ring in the database, the same for all nodes. A new key is published before it signs, an old one verifies until its
/// last token has expired, then it is deleted.
/// </summary>
internal sealed partial class StoredKeys(AuthDatabase database, KeyRing ring, IOptions<SluiceAuthOptions> options, TimeProvider clock, AuditLog audit, ILogger<StoredKeys> log) : BackgroundService
{
    private readonly SluiceAuthOptions settings = options.Value;
    private readonly string all = database.Names.Sql("""
        SELECT {signing_keys.kid}, {signing_keys.algorithm}, {signing_keys.publicKey}, {signing_keys.privateKey}, {signing_keys.signsFrom}
        FROM {signing_keys} WHERE {signing_keys.algorithm} = $1 ORDER BY {signing_keys.signsFrom}
        """);

    // One statement: of many nodes that find the newest key too old at once, the first to have the lock makes the next.
    private readonly string add = database.Names.Sql("""
        INSERT INTO {signing_keys} ({signing_keys.kid}, {signing_keys.algorithm}, {signing_keys.publicKey}, {signing_keys.privateKey}, {signing_keys.createdAt}, {signing_keys.signsFrom})
        SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (SELECT FROM {signing_keys} WHERE {signing_keys.algorithm} = $2 AND {signing_keys.signsFrom} > $7)
        """);

    private readonly string allSealed = database.Names.Sql("SELECT {signing_keys.kid}, {signing_keys.privateKey} FROM {signing_keys}");
    private readonly string reseal = database.Names.Sql("UPDATE {signing_keys} SET {signing_keys.privateKey} = $3 WHERE {signing_keys.kid} = $1 AND {signing_keys.privateKey} = $2");
    private readonly string remove = database.Names.Sql("DELETE FROM {signing_keys} WHERE {signing_keys.kid} = ANY($1)");

    /// <summary>There is a key to sign with before the first request comes.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Tokens.Algorithm == "HS256")
        {
            ring.Replace([TokenKey.OfSecret(settings.Tokens.HmacSecret)]);
            return;
        }

        await ReadAsync(cancellationToken);
        if (ring.Keys.Count == 0)
        {
            await AddAsync(database.Now, DateTime.UnixEpoch, cancellationToken);
            await ReadAsync(cancellationToken);
        }

        await base.StartAsync(cancellationToken);
    }

    /// <summary>The keys as they are stored now, the oldest first; with HS256 there are none.</summary>
    public async Task<IReadOnlyList<TokenKey>> ListAsync(CancellationToken cancellation)
    {
        await ReadAsync(cancellation);
        return [.. ring.Keys.OrderBy(k => k.SignsFrom)];
    }

    /// <summary>Ends a key at once, as when somebody else may have it: its tokens are refused as soon as each node has read the keys anew.</summary>
    /// <returns>False when there is no such key.</returns>
    public async Task<bool> RetireAsync(string kid, CancellationToken cancellation)
    {
        await using (var command = database.Command(remove))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = new[] { kid } });
            if (await command.ExecuteNonQueryAsync(cancellation) == 0)
            {
                return false;
            }
        }

        if ((await ListAsync(cancellation)).Count == 0)
        {
            await AddAsync(database.Now, DateTime.UnixEpoch, cancellation);
            await ReadAsync(cancellation);
        }

        return true;
    }

    /// <summary>For when there is another Secret. There are few of them: they are all gone through at once.</summary>
    public Resealing Resealing => new("signing_keys", (_, cancellation) => ResealAsync(cancellation), async cancellation => (await SealedAsync(cancellation)).Count(k => settings.PreviousSecrets.Prepend(settings.Secret).All(s => Opened(s, k.Kid, k.Text) is null)));

    /// <summary>Publishes a new key, which signs once every verifier has had time to read it.</summary>
    /// <param name="happened">For the audit, where it is somebody's wish.</param>
    /// <returns>Whether there is one: not where another one waits already.</returns>
    public async Task<bool> RotateAsync(AuditEvent? happened, CancellationToken cancellation)
    {
        var isNew = await AddAsync(database.Now + settings.Tokens.KeyPropagation, database.Now, cancellation, happened);
        await ReadAsync(cancellation);
        return isNew;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.Tokens.KeyRefresh, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await TendAsync(stoppingToken);
            }
            catch (Exception lost) when (lost is NpgsqlException or IOException or TimeoutException)
            {
                // What is in memory goes on signing.
                Unread(log, lost.Message);
            }
        }
    }

    /// <summary>One round: read, make a successor for what is too old, delete what nothing needs.</summary>
    public async Task TendAsync(CancellationToken cancellation)
    {
        await ReadAsync(cancellation);
        var now = clock.GetUtcNow();
        if (settings.Tokens.KeyAge > TimeSpan.Zero && ring.Keys.All(k => k.SignsFrom + settings.Tokens.KeyAge < now))
        {
            await RotateAsync(null, cancellation);
        }

        if (ring.Keys.Where(k => k.VerifiesUntil < now).Select(k => k.Kid).ToArray() is { Length: > 0 } retired)
        {
            await using var command = database.Command(remove);
            command.Parameters.Add(new NpgsqlParameter { Value = retired });
            await command.ExecuteNonQueryAsync(cancellation);
            await ReadAsync(cancellation);
        }
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        var rows = new List<(string Kid, string Algorithm, byte[] Public, byte[] Private, DateTimeOffset From)>();
        await using (var command = database.Command(all, settings.Tokens.Algorithm))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                rows.Add((reader.GetString(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<byte[]>(3), reader.Utc(4)));
            }
        }

        ring.Replace([.. rows.Select((r, i) => TokenKey.OfPrivate(r.Kid, r.Algorithm, Unseal(r.Kid, r.Private), r.Public, r.From, Until(i)))]);

        // The last token of a key is signed just before its successor signs, on a node that has not looked for a while.
        DateTimeOffset Until(int i) => i + 1 < rows.Count
            ? rows[i + 1].From + settings.Tokens.Lifetime + settings.Tokens.ClockSkew * 2
            : DateTimeOffset.MaxValue;
    }

    private byte[] Unseal(string kid, byte[] text) => settings.PreviousSecrets.Prepend(settings.Secret).Select(s => Opened(s, kid, text)).FirstOrDefault(o => o is not null)
        ?? throw new AuthSetupException($"The signing key {kid} was not sealed with this Secret. Set the Secret that the other nodes have, or the one of before in PreviousSecrets; if it is lost, delete the row of signing_keys, and everybody signs in again.");

    // Which of the secrets it was, only opening it tells.
    private static byte[]? Opened(string secret, string kid, byte[] text)
    {
        try
        {
            return Sealed.Open(Convert.FromBase64String(secret), kid, text);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private async Task<int> ResealAsync(CancellationToken cancellation)
    {
        var done = 0;
        foreach (var (kid, text) in await SealedAsync(cancellation))
        {
            if (Opened(settings.Secret, kid, text) is null && settings.PreviousSecrets.Select(s => Opened(s, kid, text)).FirstOrDefault(o => o is not null) is { } open)
            {
                await using var command = database.Command(reseal, kid, text, Sealed.Seal(Convert.FromBase64String(settings.Secret), kid, open));
                done += await command.ExecuteNonQueryAsync(cancellation);
            }
        }

        return done;
    }

    private async Task<List<(string Kid, byte[] Text)>> SealedAsync(CancellationToken cancellation)
    {
        await using var command = database.Command(allSealed);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var keys = new List<(string, byte[])>();
        while (await reader.ReadAsync(cancellation))
        {
            keys.Add((reader.GetString(0), reader.GetFieldValue<byte[]>(1)));
        }

        return keys;
    }

    private async Task<bool> AddAsync(DateTime signsFrom, DateTime unlessNewerThan, CancellationToken cancellation, AuditEvent? happened = null)
    {
        var kid = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var (privateKey, publicKey) = TokenKey.Generate(settings.Tokens.Algorithm);
        await using var connection = await database.Source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var own = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtext('sluice auth signing keys'))", connection, transaction))
        {
            await own.ExecuteNonQueryAsync(cancellation);
        }

        await using (var command = new NpgsqlCommand(add, connection, transaction))
        {
            foreach (var value in new object[] { kid, settings.Tokens.Algorithm, publicKey, Sealed.Seal(Convert.FromBase64String(settings.Secret), kid, privateKey), database.Now, signsFrom, unlessNewerThan })
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            if (await command.ExecuteNonQueryAsync(cancellation) == 0)
            {
                return false;
            }
        }

        if (happened is not null)
        {
            await using var entry = new NpgsqlBatch(connection, transaction) { BatchCommands = { audit.Entry(happened with { New = new JsonObject { ["kid"] = kid, ["signsFrom"] = signsFrom } }) } };
            await entry.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return true;
    }

    [LoggerMessage(20, LogLevel.Warning, "The signing keys could not be read anew, those in memory hold: {Reason}")]
    private static partial void Unread(ILogger log, string reason);
}
