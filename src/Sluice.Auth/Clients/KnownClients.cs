using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Clients;

/// <summary>The clients of the options, by their id.</summary>
internal sealed class KnownClients(IOptions<SluiceAuthOptions> options)
{
    private readonly FrozenDictionary<string, ClientOptions> byId = options.Value.Clients.ToFrozenDictionary(c => c.Id, StringComparer.Ordinal);

    public ClientOptions? Find(string? id) => id is not null && byId.TryGetValue(id, out var client) ? client : null;

    /// <summary>As whose the database may know a refresh token: the application's own pages' first.</summary>
    public IEnumerable<(string Hash, string ClientId)> HashesOf(string refreshToken) =>
        byId.Keys.Select(id => (RefreshToken.Hash(refreshToken, id), id)).Prepend((RefreshToken.Hash(refreshToken, null), options.Value.Tokens.ClientId));
}
