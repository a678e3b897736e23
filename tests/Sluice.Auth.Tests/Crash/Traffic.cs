using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;

namespace Sluice.Auth.Tests.Crash;

/// <summary>
/// Clients that sign in and refresh without end, on any node there is. A request that gets no answer, or 503, is made again with
/// the same token, as a client does. What must not happen is written down.
/// </summary>
internal sealed class Traffic : IDisposable
{
    private readonly Func<Uri> node;
    private readonly HttpClient client = new() { Timeout = Wait.Patience };
    private readonly ConcurrentDictionary<string, string> issued = new();
    private readonly ConcurrentQueue<string> wrongs = new();
    private int done;
    private int unanswered;
    private int unavailable;
    private int next;
    private int ended;

    /// <param name="node">Where the next request goes.</param>
    public Traffic(Func<Uri> node) => this.node = node;

    /// <summary>Refreshes and sign-ins that were answered with tokens.</summary>
    public int Done => Volatile.Read(ref done);

    /// <summary>Requests that were sent, and then nobody was there.</summary>
    public int Unanswered => Volatile.Read(ref unanswered);

    /// <summary>Those told to come again, with 503 and Retry-After.</summary>
    public int Unavailable => Volatile.Read(ref unavailable);

    /// <summary>Sessions that ended because a token was used again.</summary>
    public int Ended => Volatile.Read(ref ended);

    public IReadOnlyCollection<string> Wrongs => wrongs;

    /// <summary>Every session that somebody was given, with all its refresh tokens in order.</summary>
    public ConcurrentBag<List<SignedIn>> Sessions { get; } = [];

    /// <summary>Whether requests with an access token are made too, to a route that asks no database: they must be answered whatever is down.</summary>
    public string? Verified { get; init; }

    /// <summary>One client with an account of its own, until it is stopped. Sends as many requests as a person would not.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"client{Interlocked.Increment(ref next)}@example.com");
        if (await AskAsync("register", new { email = name, password = TestNode.Password }, HttpStatusCode.Created, stop) is not { } registered)
        {
            return;
        }

        var session = Begin(registered);
        for (var turn = 1; !stop.IsCancellationRequested; turn++)
        {
            if (Verified is not null)
            {
                await VerifyAsync(session[^1].Access, stop);
            }

            switch (turn % 16)
            {
                case 0 or 8:
                    session = await LoginAsync(name, stop) is { } begun ? Begin(begun) : session;
                    break;
                case 6:
                    await RefusedAsync(new string('A', 43), stop);
                    break;
                case 14:
                    await ReuseAsync(name, stop);
                    break;
                default:
                    await RefreshAsync(session, stop);
                    break;
            }
        }
    }

    /// <summary>Goes on with the last token of a session.</summary>
    public async Task RefreshAsync(List<SignedIn> session, CancellationToken stop)
    {
        if (await AskAsync("token/refresh", new { refreshToken = session[^1].Refresh }, HttpStatusCode.OK, stop) is { } refreshed)
        {
            Note(refreshed);
            session.Add(refreshed);
        }
    }

    public void Dispose() => client.Dispose();

    // A used token in a session that was begun for this: both it and the one in force are refused from then on.
    private async Task ReuseAsync(string name, CancellationToken stop)
    {
        if (await LoginAsync(name, stop) is not { } first)
        {
            return;
        }

        List<SignedIn> session = [first];
        Note(first);
        await RefreshAsync(session, stop);
        await RefreshAsync(session, stop);
        if (session.Count == 3)
        {
            await RefusedAsync(first.Refresh, stop);
            await RefusedAsync(session[2].Refresh, stop);
            if (!stop.IsCancellationRequested)
            {
                Interlocked.Increment(ref ended);
            }
        }
    }

    private Task<SignedIn?> LoginAsync(string name, CancellationToken stop) => AskAsync("login", new { identifier = name, password = TestNode.Password }, HttpStatusCode.OK, stop);

    private async Task RefusedAsync(string refreshToken, CancellationToken stop) =>
        await AskAsync("token/refresh", new { refreshToken }, HttpStatusCode.Unauthorized, stop);

    private List<SignedIn> Begin(SignedIn first)
    {
        Note(first);
        List<SignedIn> session = [first];
        Sessions.Add(session);
        return session;
    }

    private void Note(SignedIn tokens)
    {
        Interlocked.Increment(ref done);
        foreach (var token in new[] { tokens.Refresh, tokens.Claim("jti") })
        {
            if (!issued.TryAdd(token, tokens.UserId))
            {
                wrongs.Enqueue($"issued twice, to {issued[token]} and {tokens.UserId}");
            }
        }
    }

    private async Task<SignedIn?> AskAsync(string route, object body, HttpStatusCode expected, CancellationToken stop)
    {
        for (var attempt = 0; !stop.IsCancellationRequested; attempt++)
        {
            try
            {
                using var response = await client.PostAsJsonAsync(new Uri(node(), $"/auth/v1/{route}"), body, stop);
                if (response.StatusCode == expected)
                {
                    return expected is HttpStatusCode.Unauthorized ? null : await SignedIn.OfAsync(response, expected);
                }

                // The answer to the first was lost: its account is there.
                if (response.StatusCode is HttpStatusCode.Conflict && attempt > 0 && route == "register")
                {
                    (route, body, expected) = ("login", new { identifier = EmailOf(body), password = TestNode.Password }, HttpStatusCode.OK);
                    continue;
                }

                if (response is not { StatusCode: HttpStatusCode.ServiceUnavailable, Headers.RetryAfter: not null })
                {
                    wrongs.Enqueue($"{route}, attempt {attempt}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(stop)}");
                    return null;
                }

                Interlocked.Increment(ref unavailable);
                await Task.Delay(50, stop);
            }
            catch (HttpRequestException unsent) when (unsent.HttpRequestError is HttpRequestError.ConnectionError)
            {
                await Task.Delay(5, CancellationToken.None);
            }
            catch (Exception lost) when (lost is HttpRequestException or IOException)
            {
                Interlocked.Increment(ref unanswered);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
        }

        return null;
    }

    private async Task VerifyAsync(string access, CancellationToken stop)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node(), Verified));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
            using var response = await client.SendAsync(request, stop);
            if (response.StatusCode is not HttpStatusCode.OK)
            {
                wrongs.Enqueue($"{Verified}: {(int)response.StatusCode}");
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private static string EmailOf(object body) => (string)body.GetType().GetProperty("email")!.GetValue(body)!;
}
