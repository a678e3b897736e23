using Sluice.Auth.Web;

namespace Sluice.Auth.Idempotency;

/// <summary>The errors of draft-ietf-httpapi-idempotency-key-header-07, section 2.7.</summary>
internal static class IdempotencyRefusals
{
    public static Refusal Missing { get; } = new(400, "idempotency_key_missing", "This route needs an Idempotency-Key header: a text that is new for each request, the same when it is sent again.");

    public static Refusal Malformed { get; } = new(400, "idempotency_key_malformed", "Send one Idempotency-Key of 1 to 255 visible ASCII characters, without quotes, commas and backslashes in it.");

    public static Refusal TooLarge { get; } = new(413, "request_too_large", "The body is larger than a request with an Idempotency-Key may have.");

    public static Refusal OtherRequest { get; } = new(422, "idempotency_key_reused", "This Idempotency-Key was used for another request; use a new one.");

    public static Refusal InFlight { get; } = new(409, "idempotency_key_in_flight", "The request with this Idempotency-Key is still under way; try again in a moment.") { RetryAfterSeconds = 1 };

    public static Refusal Unreadable { get; } = new(409, "idempotency_key_unreadable", "The answer under this Idempotency-Key can be read no more; use a new key.");
}
