using Sluice.Auth.Web;

namespace Sluice.Auth.Links;

internal static class LinkRefusals
{
    // Wrong, used, replaced, too old, or tried too often: the caller must not learn which.
    public static Refusal Token { get; } = new(400, "token_invalid", "Token has expired or is invalid");

    public static Refusal Inactive { get; } = new(409, "account_disabled", "The account is disabled: enable it first.");

    public static Refusal SameAddress { get; } = new(422, "same_email", "The account has this address already.");
}
