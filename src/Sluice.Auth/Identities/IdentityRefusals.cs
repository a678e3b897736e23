using Sluice.Auth.Web;

namespace Sluice.Auth.Identities;

/// <summary>Why a sign-in with a provider ends without one. A browser takes the code back to the application as `error`.</summary>
internal static class IdentityRefusals
{
    public static readonly Refusal State = new(400, "oauth_state_invalid", "This sign-in was not begun in this browser, took too long, or was finished before; begin again.");
    public static readonly Refusal Redirect = new(400, "redirect_not_allowed", "The redirectUri is not one of those that are allowed, letter by letter.");
    public static readonly Refusal Code = new(400, "invalid_code", "The code is not right, was used before, or came too late; begin again.");
    public static readonly Refusal Denied = new(403, "access_denied", "The sign-in was cancelled at the provider.");
    public static readonly Refusal Unreachable = new(503, "provider_unavailable", "The provider does not answer; try again in a moment.") { RetryAfterSeconds = 5 };
    public static readonly Refusal Failed = new(502, "provider_failed", "The provider's answer was not what it must be.");
    public static readonly Refusal NotVerified = new(403, "email_not_verified", "The provider knows no confirmed address of this account; confirm one there first.");
    public static readonly Refusal AccountExists = new(409, "account_exists", "There is an account with this address. Sign in to it, and link the provider there.");
    public static readonly Refusal Closed = new(403, "registration_closed", "There is no account for this sign-in, and none is made here.");
    public static readonly Refusal Incomplete = new(422, "registration_incomplete", "An account needs a name that this provider does not give; register first, then link the provider.");
    public static readonly Refusal Refused = new(403, "sign_in_refused", "This account may not sign in.");
    public static readonly Refusal Taken = new(409, "identity_taken", "This account of the provider belongs to another account here. Remove it there first.");
    public static readonly Refusal Exists = new(409, "identity_exists", "Another account of this provider is linked already. Remove it first.");
    public static readonly Refusal LastWayIn = new(409, "last_way_in", "Without it nobody could sign in to this account any more. Set a password or link another provider first.");
    public static readonly Refusal Unconfirmed = new(403, "email_not_confirmed", "Confirm the address of this account first.");
}
