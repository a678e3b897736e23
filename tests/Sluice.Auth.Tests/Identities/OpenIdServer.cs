using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Sluice.Auth.Settings;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Identities;

/// <summary>npm's oidc-provider in a process of its own (Provider/server.mjs).</summary>
internal sealed class OpenIdServer : IAsyncDisposable
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests/Sluice.Auth.Tests/Identities/Provider");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly HttpClient client = new();

    private OpenIdServer(Process process, string issuer) => (this.process, Issuer) = (process, issuer);

    public string Issuer { get; }

    public static async Task<OpenIdServer> StartAsync(string provider)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Folder, "node_modules")), "not installed: .ci/oidc-provider");
        var process = Process.Start(new ProcessStartInfo("node", ["server.mjs", Browser.Callback(provider)]) { WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        using var first = JsonDocument.Parse(await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? "{}");
        return new OpenIdServer(process, first.RootElement.GetProperty("issuer").GetString()!);
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
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);
        process.Dispose();
        client.Dispose();
    }
}
