using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Sluice.Auth.Tokens;

/// <summary>Asks the host's enrichers, and holds what they say against what a token may have.</summary>
internal sealed partial class Enrichment(IEnumerable<ITokenEnricher> enrichers, TimeProvider clock, ILogger<Enrichment> log)
{
    public const int LongestTogether = 512;
    private const int Deepest = 4;

    // Longer than roles may be old when they are signed: see Revocations.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // What a verifier goes by: whoever writes these, it is us.
    private static readonly HashSet<string> Ours = new(StringComparer.Ordinal)
    {
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "scope", "sid", "session_id", "role", "roles", "scoped_roles", "roles_more", "roles_version",
        "aal", "acr", "amr", "auth_time", "azp", "nonce", "at_hash", "c_hash", "cnf", "act", "may_act", "typ", "token_type", "active", "username", "events",
    };

    private readonly ITokenEnricher[] enrichers = [.. enrichers];

    /// <summary>Whether a claim is one of Sluice's.</summary>
    public static bool IsOurs(string claim) => Ours.Contains(claim);

    /// <exception cref="EnrichmentException">There is to be no token.</exception>
    public async ValueTask<JsonObject?> OfAsync(TokenSubject subject, CancellationToken cancellation)
    {
        if (enrichers.Length == 0)
        {
            return null;
        }

        var together = new JsonObject();
        foreach (var enricher in enrichers)
        {
            foreach (var (name, value) in await AskAsync(enricher, subject, cancellation) ?? [])
            {
                if (IsOurs(name) || name.Length is 0 or > 64 || !together.TryAdd(name, value?.DeepClone()))
                {
                    throw Failed(enricher, $"The claim `{name}` is Sluice's own, somebody's already, or no name.");
                }
            }
        }

        return Encoding.UTF8.GetByteCount(together.ToJsonString()) <= LongestTogether && Depth(together) <= Deepest
            ? together
            : throw Failed(enrichers[^1], $"The claims have more than {LongestTogether} bytes in all, or are nested more than {Deepest} deep.");
    }

    private async Task<JsonObject?> AskAsync(ITokenEnricher enricher, TokenSubject subject, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            return await enricher.ClaimsAsync(subject, either.Token).AsTask().WaitAsync(Patience, clock, cancellation);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            throw Failed(enricher, failure.Message, failure);
        }
    }

    private static int Depth(JsonNode? node) => node switch
    {
        JsonObject members => 1 + members.Select(m => Depth(m.Value)).DefaultIfEmpty().Max(),
        JsonArray items => 1 + items.Select(Depth).DefaultIfEmpty().Max(),
        _ => 0,
    };

    private EnrichmentException Failed(ITokenEnricher enricher, string why, Exception? failure = null)
    {
        NoClaims(log, enricher.GetType().Name, why, failure);
        return new EnrichmentException(why, failure);
    }

    [LoggerMessage(15, LogLevel.Error, "{Enricher} gave no claims that a token can have, so there is no token: {Reason}")]
    private static partial void NoClaims(ILogger log, string enricher, string reason, Exception? failure);
}

/// <summary>The host's claims could not be had.</summary>
internal sealed class EnrichmentException(string message, Exception? inner) : Exception(message, inner);
