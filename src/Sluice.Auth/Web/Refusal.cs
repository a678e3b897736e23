using System.Text.Json;

namespace Sluice.Auth.Web;

/// <summary>A request that was understood and is not fulfilled: what the client is told, and no more.</summary>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Message">For people; says nothing about whether an account exists.</param>
internal sealed record Refusal(int Status, string Code, string Message)
{
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Why a password is refused: `length`, `common`, `context`, `same`.</summary>
    public string? Reason { get; init; }

    /// <summary>The scheme and what it hints at, for `WWW-Authenticate`.</summary>
    public string? Challenge { get; init; }

    /// <summary>What a sign-in that is not done goes on with.</summary>
    public string? Waits { get; init; }

    /// <summary>What else a program needs to go on.</summary>
    public Action<Utf8JsonWriter>? Members { get; init; }

    // One answer for every way in which a sign-in fails: the caller must not learn which.
    public static Refusal Credentials { get; } = new(401, "invalid_credentials", "The name or the password is not right.");

    public static Refusal Unauthenticated { get; } = new(401, "invalid_token", "A valid access token is needed.");

    public static Refusal Forbidden { get; } = new(403, "forbidden", "The access token does not allow this.");

    // RFC 9470, of which only the status differs: the token is good, there is nothing wrong with it but its level.
    public static Refusal InsufficientAal { get; } = new(403, "insufficient_aal", "This needs a second factor.")
    {
        Challenge = "Bearer error=\"insufficient_user_authentication\", error_description=\"A second factor is needed\", acr_values=\"aal2\"",
    };

    public static Refusal RefreshToken { get; } = new(401, "invalid_refresh_token", "The refresh token is not valid; sign in again.");

    public static Refusal NotFound { get; } = new(404, "not_found", "There is nothing here by that name.");

    public static Refusal Busy { get; } = new(503, "busy", "Too many sign-ins at once; try again in a moment.") { RetryAfterSeconds = 1 };

    public static Refusal TooMany { get; } = new(429, "too_many_requests", "Too many requests; try again later.") { RetryAfterSeconds = 1 };

    public static Refusal Unavailable { get; } = new(503, "unavailable", "The service cannot reach its database; try again in a moment.") { RetryAfterSeconds = 2 };

    public static Refusal ClaimsUnavailable { get; } = new(503, "claims_unavailable", "The service cannot say now what belongs into the access token; try again in a moment.") { RetryAfterSeconds = 2 };

    public static Refusal EmailAddress { get; } = new(422, "email_address_invalid", "Unable to validate email address: invalid format");

    public static Refusal NotKept { get; } = new(422, "value_refused", "A value is longer than this service keeps, or not allowed here.");

    public static Refusal Broken { get; } = new(500, "internal_error", "Something went wrong here; the log says what.");

    public static Refusal Invalid(string message) => new(400, "invalid_request", message);
}

/// <summary>What a use case ends with: a value, or why there is none.</summary>
internal readonly record struct Outcome<T>(T? Value, Refusal? Refusal)
    where T : class
{
    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(null, refusal);
}
