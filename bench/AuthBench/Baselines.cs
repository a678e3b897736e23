using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Tokens;

namespace Sluice.Bench.Auth;

internal interface IDenylist
{
    ValueTask<bool> HoldsAsync(string token);
}

/// <summary>Verification as ours is, then a question to a store on every request.</summary>
internal sealed class AskingHandler(SluiceTokenHandler ours, IDenylist denylist) : IAuthenticationHandler
{
    private HttpContext? context;
    private Task<AuthenticateResult>? result;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        this.context = context;
        return ours.InitializeAsync(scheme, context);
    }

    public Task<AuthenticateResult> AuthenticateAsync() => result ??= AskAsync();

    public Task ChallengeAsync(AuthenticationProperties? properties) => ours.ChallengeAsync(properties);

    public Task ForbidAsync(AuthenticationProperties? properties) => ours.ForbidAsync(properties);

    private async Task<AuthenticateResult> AskAsync()
    {
        var verified = await ours.AuthenticateAsync();
        return verified.Succeeded && await denylist.HoldsAsync(context!.Request.Headers.Authorization.ToString()[7..]) ? AuthenticateResult.Fail("revoked") : verified;
    }
}

internal sealed class PostgresDenylist(NpgsqlDataSource database) : IDenylist
{
    public async ValueTask<bool> HoldsAsync(string token)
    {
        await using var command = database.CreateCommand("""SELECT EXISTS (SELECT FROM token_blacklist WHERE "tokenHash" = $1)""");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Field.HashOf(token) });
        return (bool)(await command.ExecuteScalarAsync())!;
    }
}

/// <summary>The design of the documents before: the access token is looked up with its session and user, on each request.</summary>
internal sealed class SessionLookUp(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, NpgsqlDataSource database)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Sql = """
        SELECT s.id, s."expiresAt", u.id, u.email, u.name, u.role FROM before_sessions s JOIN before_users u ON u.id = s."userId" WHERE s."accessToken" = $1
        """;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        return await FindAsync(database, header[7..]) is { } user
            ? AuthenticateResult.Success(new AuthenticationTicket(user, Scheme.Name))
            : AuthenticateResult.Fail("Invalid or expired token");
    }

    public static async Task<ClaimsPrincipal?> FindAsync(NpgsqlDataSource database, string token)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = token });
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() && reader.GetDateTime(1) > DateTime.UtcNow
            ? new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", reader.GetString(2)), new Claim("sid", reader.GetString(0)), new Claim("role", reader.GetString(5))], "Sluice", "sub", "role"))
            : null;
    }
}
