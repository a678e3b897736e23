using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Lockout;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Tokens;

/// <summary>Around every route of ours: who is let in, and what a database that is not there looks like.</summary>
internal static partial class Guarded
{
    /// <summary>For everybody.</summary>
    public static RequestDelegate Open(RequestDelegate handle) => async context =>
    {
        try
        {
            context.RequestServices.GetRequiredService<TrustedProxies>().Apply(context);
            var options = context.RequestServices.GetRequiredService<IOptions<SluiceAuthOptions>>().Value;
            Origins.Allow(context, options);
            await (Origins.Check(context, options) is { } refusal ? Answer.RefuseAsync(context, refusal) : handle(context));
        }
        catch (Exception down) when (IsDown(down) && !context.Response.HasStarted)
        {
            await Answer.RefuseAsync(context, Refusal.Unavailable);
        }
        catch (PostgresException refused) when (IsRuleOfTheirs(refused, context) && !context.Response.HasStarted)
        {
            await Answer.RefuseAsync(context, Refusal.NotKept);
        }
        catch (EnrichmentException) when (!context.Response.HasStarted)
        {
            await Answer.RefuseAsync(context, Refusal.ClaimsUnavailable);
        }
        catch (Exception failure) when (failure is not OperationCanceledException && !context.Response.HasStarted)
        {
            // The log has it whole; what the host's own pages for errors would show is nobody's outside.
            Failed(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Sluice.Auth.Routes"), context.GetEndpoint()?.DisplayName, failure);
            context.Response.Clear();
            await Answer.RefuseAsync(context, Refusal.Broken);
        }
    };

    /// <summary>For who has a valid access token of their own: a client that is nobody's has no account.</summary>
    public static RequestDelegate WithToken(Func<HttpContext, AccessToken, Task> handle) => Open(context =>
        context.RequestServices.GetRequiredService<VerifiedTokens>().Verify(SluiceTokenHandler.Bearer(context.Request.Headers.Authorization.ToString())) is { IsOfClient: false } token
            ? handle(context, token)
            : Answer.RefuseAsync(context, context.RequestServices.GetRequiredService<VerifiedTokens>().IsDeaf ? Refusal.Unavailable : Refusal.Unauthenticated));

    /// <summary>For who administers accounts, and has shown a second factor.</summary>
    public static RequestDelegate WithAdministrator(Func<HttpContext, AccessToken, Task> handle) => WithToken((context, token) =>
        context.RequestServices.GetRequiredService<AdministratorRole>().Refuse(token) is { } refusal ? Answer.RefuseAsync(context, refusal) : handle(context, token));

    // The application's own table of users may have shorter columns, and checks. Which table a text was too long for the server does not say.
    private static bool IsRuleOfTheirs(PostgresException refused, HttpContext context) => refused.SqlState switch
    {
        PostgresErrorCodes.StringDataRightTruncation => true,
        PostgresErrorCodes.CheckViolation => refused.TableName == context.RequestServices.GetRequiredService<AuthDatabase>().Names.Bare("users"),
        _ => false,
    };

    // Class 53: out of resources; 57: shut down, or cancelled; 08: connection.
    private static bool IsDown(Exception failure) => failure switch
    {
        PostgresException { SqlState: ['5', '3' or '7', ..] or ['0', '8', ..] } => true,
        PostgresException => false,
        NpgsqlException or TimeoutException or SocketException => true,
        _ => false,
    };

    [LoggerMessage(2, LogLevel.Error, "{Route} failed")]
    private static partial void Failed(ILogger log, string? route, Exception failure);
}
