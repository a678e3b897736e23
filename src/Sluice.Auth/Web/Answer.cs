using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Web;

/// <summary>How answers look: JSON that nobody stores, refusals as problem+json that two kinds of clients understand.</summary>
internal static class Answer
{
    public static async Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        Harden(context.Response, status);
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
    }

    public static Task WriteAsync<T>(HttpContext context, Outcome<T> outcome, JsonTypeInfo<T> type, int status = 200)
        where T : class =>
        outcome.Value is { } value ? WriteAsync(context, status, value, type) : RefuseAsync(context, outcome.Refusal!);

    /// <summary>204, or why not.</summary>
    public static Task DoneAsync(HttpContext context, Refusal? refusal = null, int status = StatusCodes.Status204NoContent)
    {
        if (refusal is not null)
        {
            return RefuseAsync(context, refusal);
        }

        Harden(context.Response, status);
        return Task.CompletedTask;
    }

    public static async Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        Harden(context.Response, refusal.Status);
        if (refusal.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = refusal == Refusal.Unauthenticated ? "Bearer error=\"invalid_token\"" : "Bearer";
        }

        if (refusal.Challenge is { } challenge)
        {
            context.Response.Headers.WWWAuthenticate = challenge;
        }

        if (refusal.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        context.Response.ContentType = "application/problem+json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("type", $"https://sluice.dev/problems/{refusal.Code}");
        json.WriteString("title", refusal.Message);
        json.WriteNumber("status", refusal.Status);
        json.WriteString("detail", refusal.Message);
        json.WriteString("instance", context.Request.Path.Value);
        json.WriteString("traceId", Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier);
        json.WriteString("code", refusal.Code);
        json.WriteString("message", refusal.Message);
        json.WriteString("error_code", refusal.Code);
        if (refusal.Reason is { } reason)
        {
            json.WriteStartObject("weak_password");
            json.WriteStartArray("reasons");
            json.WriteStringValue(reason);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        refusal.Members?.Invoke(json);
        json.WriteEndObject();
    }

    /// <summary>What every answer says, whoever writes its body.</summary>
    public static void Harden(HttpResponse response, int status)
    {
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        // Also where a proxy ends TLS: what counts is how clients reach us.
        if (response.HttpContext.RequestServices.GetService<IOptions<SluiceAuthOptions>>()?.Value.Issuer.StartsWith("https:", StringComparison.Ordinal) == true)
        {
            response.Headers.StrictTransportSecurity = "max-age=31536000";
        }
    }
}
