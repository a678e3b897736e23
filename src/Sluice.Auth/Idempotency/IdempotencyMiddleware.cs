using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Lockout;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Idempotency;

/// <summary>
/// Runs an endpoint once for a key, and answers with what it answered then. Stands behind authentication, because a key is its
/// caller's. What fails with 5xx, or throws, or was refused before it was looked at, is not kept: the client may try again with the same key.
/// </summary>
internal sealed partial class IdempotencyMiddleware(
    RequestDelegate next,
    IdempotencyStore store,
    ResponseSeal seal,
    RateLimits rates,
    IOptions<SluiceAuthOptions> options,
    TimeProvider clock,
    ILogger<IdempotencyMiddleware> log)
{
    private const string Replayed = "Idempotency-Replayed";
    private static readonly object Entered = new();

    private readonly IdempotencyOptions settings = options.Value.Idempotency;

    public async Task InvokeAsync(HttpContext context)
    {
        var header = context.Request.Headers[IdempotencyKey.Header];
        if (context.GetEndpoint()?.Metadata.GetMetadata<IdempotencyMetadata>() is not { } wanted || (header.Count == 0 && !wanted.IsRequired) || !context.Items.TryAdd(Entered, Entered))
        {
            // Nothing to keep; or the host has us in its pipeline, and this is the route's own.
            await next(context);
            return;
        }

        if (IdempotencyKey.Read(header) is not { } key)
        {
            await Answer.RefuseAsync(context, header.Count == 0 ? IdempotencyRefusals.Missing : IdempotencyRefusals.Malformed);
            return;
        }

        if (await BodyAsync(context.Request) is not { } body)
        {
            await Answer.RefuseAsync(context, IdempotencyRefusals.TooLarge);
            return;
        }

        var request = IdempotencyKey.Of(context, key, body);
        Claim claim;
        try
        {
            // Rows that nobody answers for.
            if (request.User is null && await rates.TakeAsync("idempotency_client", ClientKey.Of(request.Ip), options.Value.RateLimits.AnonymousKeysPerClient, context.RequestAborted) is { } tooMany)
            {
                await Answer.RefuseAsync(context, tooMany);
                return;
            }

            claim = await store.ClaimAsync(request, settings.Lease, context.RequestAborted);
        }
        catch (NpgsqlException)
        {
            // Without the books nobody knows whether it ran before, so it does not run.
            await Answer.RefuseAsync(context, Refusal.Unavailable);
            return;
        }

        await (claim switch
        {
            Claim.Taken taken => RunAsync(context, request, taken.Id),
            Claim.Held held when held.Hash != request.Hash => Answer.RefuseAsync(context, IdempotencyRefusals.OtherRequest),
            Claim.Held { Status: 0 } => Answer.RefuseAsync(context, IdempotencyRefusals.InFlight),
            Claim.Held held => ReplayAsync(context, request, held),
            _ => throw new InvalidOperationException($"no answer for {claim}"),
        });
    }

    private async Task RunAsync(HttpContext context, RequestKey request, string id)
    {
        using var done = new CancellationTokenSource();
        var renewing = RenewAsync(id, done.Token);
        var outside = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var kept = new MemoryStream();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(kept));
        try
        {
            try
            {
                await next(context);
                await context.Response.BodyWriter.FlushAsync(CancellationToken.None);
            }
            finally
            {
                context.Features.Set(outside);
                await done.CancelAsync();
                await renewing;
            }
        }
        catch
        {
            await EndAsync(context, () => store.ReleaseAsync(id, CancellationToken.None));
            throw;
        }

        // The endpoint has run, whether or not its client is still there to hear of it.
        var body = kept.ToArray();
        await EndAsync(context, IsToBeTriedAgain(context.Response.StatusCode)
            ? () => store.ReleaseAsync(id, CancellationToken.None)
            : () => store.CompleteAsync(id, context.Response.StatusCode, Kept(context.Response, request, body), settings.Lifetime, CancellationToken.None));
        await SendAsync(context, body);
    }

    // Even nothing may not be written after a 204: the server would end the connection.
    private static async Task SendAsync(HttpContext context, byte[] body)
    {
        if (body.Length > 0)
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    // Nothing was done; what was wrong is the request itself, or the moment.
    private static bool IsToBeTriedAgain(int status) =>
        status is StatusCodes.Status400BadRequest or StatusCodes.Status415UnsupportedMediaType or StatusCodes.Status429TooManyRequests or >= StatusCodes.Status500InternalServerError;

    // Who forbids storing an answer, or sets a cookie with it, has put something in it that only its client may have.
    private string Kept(HttpResponse response, RequestKey request, byte[] body)
    {
        var text = StoredResponse.Of(response, body).ToJson();
        var isSecret = response.Headers.SetCookie.Count > 0 || response.Headers.CacheControl.ToString().Contains("no-store", StringComparison.OrdinalIgnoreCase);
        return isSecret ? seal.Close(text, request) : text;
    }

    // Once the endpoint has run, its answer is due even if the books cannot be written; the lease then frees the key.
    private async Task EndAsync(HttpContext context, Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (NpgsqlException unreachable)
        {
            NotKept(log, context.Request.Method, context.GetEndpoint()?.DisplayName, unreachable);
        }
    }

    private async Task RenewAsync(string id, CancellationToken done)
    {
        using var timer = new PeriodicTimer(settings.Lease / 3, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(done))
            {
                try
                {
                    await store.RenewAsync(id, settings.Lease, done);
                }
                catch (NpgsqlException unreachable)
                {
                    // There are two more ticks before the lease runs out.
                    NotRenewed(log, unreachable);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The request is done.
        }
    }

    private async Task ReplayAsync(HttpContext context, RequestKey request, Claim.Held held)
    {
        if (seal.Open(held.Response, request) is not { } text)
        {
            await Answer.RefuseAsync(context, IdempotencyRefusals.Unreadable);
            return;
        }

        var stored = StoredResponse.FromJson(text);
        context.Response.StatusCode = held.Status;
        foreach (var header in stored.Headers.GroupBy(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase))
        {
            context.Response.Headers[header.Key] = header.ToArray();
        }

        context.Response.Headers[Replayed] = "true";
        await SendAsync(context, stored.Body);
    }

    /// <returns>The body, which the endpoint can read again; null when it is longer than allowed.</returns>
    private async Task<byte[]?> BodyAsync(HttpRequest request)
    {
        if (request.ContentLength > settings.MaximumBody)
        {
            return null;
        }

        var body = new MemoryStream();
        var piece = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(piece, request.HttpContext.RequestAborted)) > 0)
        {
            if (body.Length + read > settings.MaximumBody)
            {
                return null;
            }

            body.Write(piece, 0, read);
        }

        body.Position = 0;
        request.Body = body;
        return body.ToArray();
    }

    [LoggerMessage(EventId = 7001, Level = LogLevel.Error, Message = "The answer of {Method} {Endpoint} could not be kept for its idempotency key; sent again, it runs again")]
    private static partial void NotKept(ILogger log, string method, string? endpoint, Exception exception);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Warning, Message = "An idempotency key could not be renewed")]
    private static partial void NotRenewed(ILogger log, Exception exception);
}
