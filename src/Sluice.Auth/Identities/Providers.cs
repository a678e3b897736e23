using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Identities;

/// <summary>Those of the options, by name.</summary>
internal sealed class Providers(IOptions<SluiceAuthOptions> options, ProviderCalls calls, TimeProvider clock) : IDisposable
{
    private readonly Dictionary<string, Provider> all = options.Value.Identities.Providers.ToDictionary(
        p => p.Key, Provider (p) => p.Value.Kind is ProviderKind.GitHub ? new GitHubProvider(p.Key, p.Value, calls) : new OpenIdProvider(p.Key, p.Value, calls, clock), StringComparer.Ordinal);

    public Provider? Find(string? name) => name is null ? null : all.GetValueOrDefault(name);

    public void Dispose()
    {
        foreach (var provider in all.Values.OfType<IDisposable>())
        {
            provider.Dispose();
        }
    }
}
