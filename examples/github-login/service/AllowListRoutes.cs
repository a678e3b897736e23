using System.Security.Claims;
using Npgsql;
using Sluice.Auth;
using Sluice.Auth.AllowList;

namespace GitHubLogin;

/// <summary>What the page of the allow-list shows and does. Whoever is in may let others in, and the audit log says who it was.</summary>
internal static class AllowListRoutes
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup("/allowlist").RequireAuthorization().AddEndpointFilter(Unavailable);
        routes.MapGet("/", (AllowListAdministration list, CancellationToken cancellation) => list.ListAsync(most: 1000, cancellation: cancellation));
        routes.MapPost("/", async (Wanted wanted, ClaimsPrincipal user, AllowListAdministration list, CancellationToken cancellation) =>
            await list.AllowAsync(wanted.Entry, wanted.Reason, user.Identity!.Name, cancellation) is null
                ? Results.Problem("That is neither an address nor a domain with its @ in front.", statusCode: 422)
                : Results.NoContent());
        routes.MapDelete("/{entry}", async (string entry, ClaimsPrincipal user, AllowListAdministration list, CancellationToken cancellation) =>
        {
            try
            {
                return await list.RemoveAsync(entry, user.Identity!.Name, cancellation: cancellation) is null ? Results.NotFound() : Results.NoContent();
            }
            catch (InvalidOperationException last)
            {
                return Results.Problem(last.Message, statusCode: 409);
            }
        });
    }

    // As Sluice.Auth's own routes answer while the database is away.
    private static async ValueTask<object?> Unavailable(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception down) when (down is NpgsqlException or TimeoutException)
        {
            context.HttpContext.Response.Headers.RetryAfter = "2";
            return Results.Problem("The service cannot reach its database; try again in a moment.", statusCode: 503);
        }
    }

    private sealed record Wanted(string Entry, string? Reason = null);
}
