using Microsoft.AspNetCore.Http;
using Sluice.Auth.Accounts;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Administration;

/// <summary>Who may administer: who has the role everywhere, and has shown a second factor.</summary>
internal static class AdminOnly
{
    public static RequestDelegate Do(Func<HttpContext, Actor, Task> handle) =>
        Guarded.WithAdministrator((context, token) => handle(context, new Actor(token.Subject, token.SessionId, Asked.From(context))));
}
