using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Sessions;

/// <summary>
/// Replaces refresh tokens. Those that come while two lots are on their way go together next: one statement, one round trip and one commit for
/// all of them, which is most of what a rotation costs the database.
/// </summary>
internal sealed class Rotations(AuthDatabase database, SessionStore store, IOptions<SluiceAuthOptions> options) : IDisposable
{
    // Beyond it a statement of its own costs little more, and what fails or waits is not everybody's.
    private const int Most = 256;

    // How long those that come next wait for a database that does not answer the ones before.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly TimeSpan idle = options.Value.Sessions.IdleLifetime;
    // A session says when it was used to the minute, or finer where it may not be idle for an hour.
    private readonly TimeSpan between = TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerMinute, options.Value.Sessions.IdleLifetime.Ticks / 60));

    // While one waits for the disk, the next is at work.
    private readonly SemaphoreSlim way = new(2);
    private readonly Lock gate = new();
    private Together? next;

    /// <summary>Replaces the token if it is in force; if it is not, says what has become of it.</summary>
    /// <param name="clientId">Whose it is; null for the application's own pages.</param>
    /// <param name="fingerprint">That the session must have, if it has one; null for any.</param>
    /// <returns>Null for a token of no living session.</returns>
    public async Task<Family?> RotateAsync(string token, string? clientId, string? fingerprint, CancellationToken cancellation)
    {
        var salt = RefreshToken.NewSalt();
        var successor = RefreshToken.Successor(token, salt);
        var rotation = new Rotation(RefreshToken.Hash(token, clientId), successor, RefreshToken.Hash(successor, clientId), salt, fingerprint);
        return Join(rotation) is { } all && (await all.WaitAsync(cancellation)).GetValueOrDefault(rotation.Hash) is { } family
            ? family
            : await store.RotateAsync(rotation, database.Now, idle, between, cancellation);
    }

    public void Dispose() => way.Dispose();

    // The same token twice at once: the second waits for the first in the database, as if it had come to another node.
    private Task<Dictionary<string, Family>>? Join(Rotation rotation)
    {
        lock (gate)
        {
            if (next is null)
            {
                var together = new Together();
                together.Sent = Task.Run(() => SendAsync(together));
                next = together;
            }

            return next.Rotations.Count < Most && next.Rotations.TryAdd(rotation.Hash, rotation) ? next.Sent : null;
        }
    }

    private async Task<Dictionary<string, Family>> SendAsync(Together together)
    {
        var isAdmitted = await way.WaitAsync(Patience);
        try
        {
            // After those that have been received and are still being read.
            await Task.Yield();
            lock (gate)
            {
                next = null;
            }

            // Not one request's to cancel: it is the others' as well.
            return await store.RotateTogetherAsync([.. together.Rotations.Values], database.Now, idle, between, CancellationToken.None);
        }
        finally
        {
            if (isAdmitted)
            {
                way.Release();
            }
        }
    }

    private sealed class Together
    {
        public Dictionary<string, Rotation> Rotations { get; } = new(StringComparer.Ordinal);

        public Task<Dictionary<string, Family>>? Sent { get; set; }
    }
}

/// <summary>A token, as its hash, and what is to take its place.</summary>
/// <param name="Fingerprint">That the session must have, if it has one; null for any.</param>
internal sealed record Rotation(string Hash, string Successor, string SuccessorHash, byte[] Salt, string? Fingerprint);
