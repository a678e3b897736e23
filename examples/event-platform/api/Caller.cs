using System.Security.Claims;

namespace EventPlatform;

/// <summary>Who asks.</summary>
/// <param name="Id">Null for who is not signed in.</param>
/// <param name="IsAdmin">Of the whole platform, and a second factor was shown.</param>
internal sealed record Caller(string? Id, bool IsAdmin)
{
    public static Caller Of(ClaimsPrincipal user) => new(user.FindFirstValue("sub"), user.IsInRole("ADMIN") && user.HasClaim("aal", "aal2"));
}
