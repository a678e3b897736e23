using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Studio.Storage;

namespace Sluice.Studio.Web;

/// <summary>What the page is told when something was refused.</summary>
/// <param name="Position">Which character of the statement the server points at, from 1.</param>
internal sealed record Refusal(string Message, string? Code = null, string? Detail = null, string? Hint = null, int? Position = null);

internal static class Answers
{
    private const int ClientLeft = 499;

    public static Task WriteAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, answer, type, context.RequestAborted);
    }

    /// <exception cref="RefusedException">It is no JSON, or not of this shape.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
    {
        // A form of another site can be sent without asking; JSON cannot.
        if (context.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) is not true)
        {
            throw new RefusedException(StatusCodes.Status415UnsupportedMediaType, "The request is no JSON.");
        }

        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
                ?? throw new RefusedException(StatusCodes.Status400BadRequest, "The request is empty.");
        }
        catch (JsonException broken)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, $"The request cannot be read: {broken.Message}");
        }
    }

    /// <summary>The one place where a failure becomes an answer.</summary>
    public static async Task GuardAsync(HttpContext context, DatabaseAddress address, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = ClientLeft;
        }
        catch (Exception failure) when (!context.Response.HasStarted && Of(failure, address) is { } known)
        {
            await WriteAsync(context, known.Refusal, RefusalJson.Default.Refusal, known.Status);
        }
    }

    public static (Refusal Refusal, int Status)? Of(Exception failure, DatabaseAddress address) => failure switch
    {
        RefusedException refused => (new Refusal(refused.Message, Hint: refused.Remedy), refused.Status),
        PostgresException server => (Of(server, address), StatusCodes.Status422UnprocessableEntity),
        ProblemException problem => (new Refusal(problem.Problem.Message, problem.Problem.Code, Hint: problem.Problem.Remedies.FirstOrDefault()), StatusCodes.Status502BadGateway),
        NotSupportedException { Message: var message } when message.Contains("COPY", StringComparison.Ordinal) =>
            (new Refusal("The page can neither send nor take what COPY reads or writes.", Hint: "Use `\\copy` of psql; here rows are copied as CSV from the Data tab."), StatusCodes.Status400BadRequest),
        NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException =>
            (new Refusal($"The database does not answer: {Redaction.Clean(failure.Message, address)}", Hint: "Is the server there? The page asks again when you do."), StatusCodes.Status502BadGateway),
        _ => null,
    };

    public static Refusal Of(PostgresException server, DatabaseAddress address) => new(
        Redaction.Clean(server.MessageText, address), server.SqlState, Clean(server.Detail, address), Clean(server.Hint, address), server.Position > 0 ? server.Position : null);

    private static string? Clean(string? text, DatabaseAddress address) => text is null ? null : Redaction.Clean(text, address);
}

[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
[System.Text.Json.Serialization.JsonSerializable(typeof(Refusal))]
internal sealed partial class RefusalJson : System.Text.Json.Serialization.JsonSerializerContext;
