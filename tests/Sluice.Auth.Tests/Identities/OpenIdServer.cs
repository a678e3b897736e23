using System.Net.Http.Json;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;

namespace Sluice.Auth.Tests.Identities;

/// <summary>npm's oidc-provider in a process of its own (Provider/server.mjs).</summary>
internal sealed class OpenIdServer : IAsyncDisposable
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests/Sluice.Auth.Tests/Identities/Provider");

    private readonly NodeProgram program;
    private readonly HttpClient client = new();

    private OpenIdServer(NodeProgram program, string issuer) => (this.program, Issuer) = (program, issuer);

    public string Issuer { get; }

    public static async Task<OpenIdServer> StartAsync(string provider)
    {
        var program = NodeProgram.Start(Folder, ".ci/oidc-provider", "server.mjs", Browser.Callback(provider));
        return new OpenIdServer(program, (await program.ReadyAsync()).GetProperty("issuer").GetString()!);
    }

    public void Use(SluiceAuthOptions o, string provider)
    {
        o.AddOpenIdConnect(provider, p => (p.Issuer, p.ClientId, p.ClientSecret) = (Issuer, "sluice", "a secret between servers: +/&"));
        o.Identities.RedirectUris.Add(Browser.App);
    }

    public async Task SetAsync(string subject, string email, bool isVerified)
    {
        using var response = await client.PutAsJsonAsync($"{Issuer}/accounts/{subject}", new { email, email_verified = isVerified, name = "Ada Lovelace" });
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await program.DisposeAsync();
    }
}
