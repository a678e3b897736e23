using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Auth.Idempotency;

/// <summary>What the middleware stands on.</summary>
internal static class IdempotencyServices
{
    public static IServiceCollection AddIdempotency(this IServiceCollection services) =>
        services.AddSingleton<IdempotencyStore>().AddSingleton<ResponseSeal>();
}
