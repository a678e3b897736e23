using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Identities;

/// <summary>Asks providers: for so long and no longer, so much and no more, at no address but the one that was meant. What is said stays out of traces.</summary>
internal sealed partial class ProviderCalls : IDisposable
{
    private const int LargestAnswer = 1 << 18;
    private const int LargestHeadersKiB = 16;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    private readonly HttpClient client;
    private readonly ILogger<ProviderCalls> log;

    public ProviderCalls(IOptions<SluiceAuthOptions> options, ILogger<ProviderCalls> log)
    {
        this.log = log;
        client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = LargestHeadersKiB,
            // No trace of ours begins or goes on at a provider.
            ActivityHeadersPropagator = null,
        })
        {
            Timeout = options.Value.Identities.Patience,
            MaxResponseContentBufferSize = LargestAnswer,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("sluice-auth");
    }

    /// <returns>Its answer as JSON, whatever the status below 500; else that it could not be had.</returns>
    public async Task<Outcome<ProviderAnswer>> SendAsync(string provider, HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            using var response = await client.SendAsync(request, cancellation);
            if ((int)response.StatusCode >= 500)
            {
                Unreached(log, provider, request.RequestUri?.AbsolutePath, $"status {(int)response.StatusCode}");
                return IdentityRefusals.Unreachable;
            }

            var body = await response.Content.ReadAsByteArrayAsync(cancellation);
            using var json = body.Length == 0 ? null : JsonDocument.Parse(body, Strict);
            return new ProviderAnswer((int)response.StatusCode, json?.RootElement.Clone() ?? default);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // Not its message, which may say what was sent.
            Unreached(log, provider, request.RequestUri?.AbsolutePath, failure is HttpRequestException { HttpRequestError: var error } ? error.ToString() : failure.GetType().Name);
            return IdentityRefusals.Unreachable;
        }
        catch (JsonException)
        {
            Untrue(provider, "an answer that is no JSON");
            return IdentityRefusals.Failed;
        }
    }

    /// <summary>Says in the log what was not as it must be, for who has to put it right.</summary>
    public Refusal Untrue(string provider, string what)
    {
        Lied(log, provider, what);
        return IdentityRefusals.Failed;
    }

    public void Dispose() => client.Dispose();

    [LoggerMessage(5001, LogLevel.Warning, "The provider `{Provider}` could not be asked at {Path}: {Reason}")]
    private static partial void Unreached(ILogger log, string provider, string? path, string reason);

    [LoggerMessage(5002, LogLevel.Warning, "The provider `{Provider}` gave {What}")]
    private static partial void Lied(ILogger log, string provider, string what);
}

/// <param name="Json">Undefined where there was no body.</param>
internal sealed record ProviderAnswer(int Status, JsonElement Json)
{
    public string? Text(string name) => Member(Json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <returns>Undefined where it has none.</returns>
    public static JsonElement Member(JsonElement json, string name) => json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;
}
