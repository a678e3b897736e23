using Microsoft.AspNetCore.Http;
using Sluice.Auth.Accounts;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Administration;

/// <summary>Who may administer: who has the role, and has shown a second factor. The one place that says so.</summary>
internal static class AdminOnly
{
    public static RequestDelegate Do(Func<HttpContext, Actor, Task> handle) => Guarded.WithToken((context, token) => token switch
    {
        { Role: not Administrators.Role } => Answer.RefuseAsync(context, Refusal.Forbidden),
        { Assurance.IsTwo: false } => Answer.RefuseAsync(context, Refusal.InsufficientAal),
        _ => handle(context, new Actor(token.Subject, token.SessionId, Asked.From(context))),
    });
}
