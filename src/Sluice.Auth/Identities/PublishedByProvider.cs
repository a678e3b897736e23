using Sluice.Auth.Web;

namespace Sluice.Auth.Identities;

/// <summary>
/// A provider's metadata and keys, kept for an hour. A token with a key that is not known has them read again, but once in a minute at
/// most: whoever sends tokens decides neither where nor how often we ask.
/// </summary>
internal sealed class PublishedByProvider(string provider, string issuer, ProviderCalls calls, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeyInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FailureInterval = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim one = new(1);
    private ProviderMetadata? metadata;
    private List<ProviderKey> keys = [];
    private DateTimeOffset metadataRead;
    private DateTimeOffset keysRead;
    private DateTimeOffset keysAsked;
    private DateTimeOffset failed;
    private Refusal failure = IdentityRefusals.Unreachable;

    public async Task<Outcome<ProviderMetadata>> MetadataAsync(CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation);
        try
        {
            var now = clock.GetUtcNow();
            if (metadata is { } known && now < metadataRead + KeptFor)
            {
                return known;
            }

            // Who is away is not asked by everybody at once; what was known before holds meanwhile.
            if (now < failed + FailureInterval)
            {
                return metadata is { } before ? before : failure;
            }

            var read = await ReadAsync(cancellation);
            if (read.Value is { } fresh)
            {
                (metadata, metadataRead) = (fresh, now);
                return fresh;
            }

            (failed, failure) = (now, read.Refusal!);
            return metadata is { } old ? old : failure;
        }
        finally
        {
            one.Release();
        }
    }

    /// <returns>The key of a token; null where the provider has none such.</returns>
    public async Task<Outcome<ProviderKey>> KeyAsync(IdToken token, ProviderMetadata at, CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation);
        try
        {
            var now = clock.GetUtcNow();
            if ((now >= keysRead + KeptFor || Find(token) is null) && now >= keysAsked + (keys.Count == 0 ? FailureInterval : KeyInterval))
            {
                keysAsked = now;
                using var request = new HttpRequestMessage(HttpMethod.Get, at.Keys);
                var answer = await calls.SendAsync(provider, request, cancellation);
                if (answer.Value is { Status: 200, Json: var set } && ProviderKey.Read(set) is { Count: > 0 } read)
                {
                    (keys, keysRead) = (read, now);
                }
                else if (keys.Count == 0)
                {
                    return answer.Refusal ?? calls.Untrue(provider, "a key set without a key");
                }
            }

            return keys.Count == 0 ? IdentityRefusals.Unreachable
                : Find(token) is { } key ? key
                : calls.Untrue(provider, "an ID token of a key that it does not publish");
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    // Without a `kid` it must be clear which one is meant.
    private ProviderKey? Find(IdToken token) =>
        keys.Where(k => k.Algorithm == token.Algorithm && (token.Kid is null || k.Kid == token.Kid)).ToList() is [var only] ? only : null;

    private async Task<Outcome<ProviderMetadata>> ReadAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{issuer.TrimEnd('/')}/.well-known/openid-configuration");
        var answer = await calls.SendAsync(provider, request, cancellation);
        return answer.Value is not { } given ? answer.Refusal!
            : given.Status == 200 && ProviderMetadata.Read(given.Json, issuer) is { } read ? read
            : calls.Untrue(provider, "metadata that lacks an endpoint, has one without https, or is of another issuer");
    }
}
