using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sluice.Auth.Web;

namespace Sluice.Auth.Tokens;

/// <summary>
/// `Authorization: Bearer …` for ASP.NET Core, without input or output. Not of its class for handlers, which looks up options, a logger
/// and events for each request: this one has none.
/// </summary>
internal sealed class SluiceTokenHandler(VerifiedTokens tokens) : IAuthenticationHandler
{
    private static readonly Task<AuthenticateResult> Nothing = Task.FromResult(AuthenticateResult.NoResult());
    private static readonly Task<AuthenticateResult> Refused = Task.FromResult(AuthenticateResult.Fail("The access token is not valid."));

    private static readonly object Why = new();
    private static readonly object Tried = new();

    private HttpContext? context;
    private Task<AuthenticateResult>? result;

    public static void Add(IServiceCollection services)
    {
        services.AddAuthentication(AccessToken.Scheme);
        services.Configure<AuthenticationOptions>(o => o.AddScheme<SluiceTokenHandler>(AccessToken.Scheme, null));
        services.TryAddTransient<SluiceTokenHandler>();
    }

    // One for each request.
    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        this.context = context;
        return Task.CompletedTask;
    }

    public Task<AuthenticateResult> AuthenticateAsync() => result ??= Authenticate(context!.Request.Headers.Authorization.ToString());

    public Task ChallengeAsync(AuthenticationProperties? properties) => Answer.RefuseAsync(context!, tokens.IsDeaf ? Refusal.Unavailable : Refusal.Unauthenticated);

    public Task ForbidAsync(AuthenticationProperties? properties) =>
        Answer.RefuseAsync(context!, context!.Items[Why] as Refusal ?? SecondFactorPolicy.WhyForbidden(context!));

    /// <summary>What to answer instead of 403, should the request be refused.</summary>
    public static void Refuse(HttpContext context, Refusal why) => context.Items[Why] = why;

    /// <summary>What was verified once and refused is not verified again for the same request.</summary>
    public static void NoteRefused(HttpContext context, string header) => context.Items[Tried] = header;

    /// <returns>Empty for another kind of authorization, or none.</returns>
    public static ReadOnlySpan<char> Bearer(string header) => header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header.AsSpan(7).Trim() : default;

    private Task<AuthenticateResult> Authenticate(string header) =>
        Bearer(header) is not { IsEmpty: false } text ? Nothing
        : context!.Items.TryGetValue(Tried, out var refused) && header.Equals(refused as string, StringComparison.Ordinal) ? Refused
        : tokens.Verify(text) is { } token ? Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(token.NewPrincipal(), AccessToken.Scheme)))
        : Refused;
}
