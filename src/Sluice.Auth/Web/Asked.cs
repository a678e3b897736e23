using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Sluice.Auth.Web;

/// <summary>Reads what a client sent, and nothing it should not have sent.</summary>
internal static class Asked
{
    private const long LargestBody = 1 << 20;
    private const int LongestAgent = 512;
    private const int LongestShown = 200;

    /// <summary>The body as JSON of exactly this shape: other members are refused, so that none is taken for another's.</summary>
    public static async Task ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, Func<T, Task> handle)
        where T : class
    {
        var read = await ReadAsync(context, type);
        await (read.Value is { } value ? handle(value) : Answer.RefuseAsync(context, read.Refusal!));
    }

    private static async Task<Outcome<T>> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        // A form of another site can send text/plain and forms, but not this without a preflight.
        if (!context.Request.HasJsonContentType())
        {
            return new Refusal(415, "unsupported_media_type", "Send the body as application/json.");
        }

        LimitBody(context, LargestBody);
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted) is { } value
                ? value
                : Refusal.Invalid("The body is null.");
        }
        catch (JsonException unreadable)
        {
            return Refusal.Invalid($"The body is not the JSON that this route takes, at {unreadable.Path ?? "$"}.");
        }
        catch (BadHttpRequestException broken)
        {
            return new Refusal(broken.StatusCode, "invalid_request", "The body is too large, or broken off.");
        }
    }

    /// <summary>A larger body is not read to its end; Kestrel says 413 where it is read.</summary>
    public static void LimitBody(HttpContext context, long largest)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = largest;
        }
    }

    /// <summary>Whether the body is a form of names and values: what pages and OAuth clients send, and no files.</summary>
    public static bool IsForm(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

    /// <summary>Who asks, for sessions and the audit.</summary>
    public static Client From(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        var agent = context.Request.Headers.UserAgent.ToString();
        return new Client(
            address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : address?.ToString(),
            Printable(agent.Length > LongestAgent ? agent[..LongestAgent] : agent),
            context.TraceIdentifier) { Languages = context.Request.Headers.AcceptLanguage, From = context.Features.Get<ClientCountry>() };
    }

    /// <summary>A text that a client gives a thing of its own, for lists and mails: in letters of any language, as long as a name and on one line.</summary>
    public static string? Shown(string? text) =>
        string.IsNullOrEmpty(text) ? null : string.Concat(text.EnumerateRunes().Take(LongestShown).Select(r => Rune.IsControl(r) ? "?" : r.ToString()));

    // What stands in a log or a terminal later must not move its cursor.
    private static string? Printable(string text) =>
        text.Length == 0 ? null : string.Create(text.Length, text, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) ? '?' : from[i];
            }
        });
}

/// <summary>The other end of a request.</summary>
internal sealed record Client(string? Ip, string? Agent, string RequestId)
{
    /// <summary>In which it wants to be written to: `Accept-Language`.</summary>
    public string? Languages { get; init; }

    public ClientCountry? From { get; init; }

    /// <summary>Null where nobody says it.</summary>
    public string? Country => From?.Code.Value;
}

/// <summary>In two letters of ISO 3166, found out when it is asked for.</summary>
internal sealed record ClientCountry(Lazy<string?> Code);
