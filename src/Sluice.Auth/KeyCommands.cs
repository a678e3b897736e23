using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Auth.Audit;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;

namespace Sluice.Auth;

/// <summary>`keys list`, `keys rotate`, `keys retire KID`. Running nodes read the keys anew every `Tokens.KeyRefresh`.</summary>
internal static class KeyCommands
{
    public static async Task<int> RunAsync(IServiceProvider services, IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellation)
    {
        if (services.GetRequiredService<IOptions<SluiceAuthOptions>>().Value.Tokens.Algorithm == "HS256")
        {
            await output.WriteLineAsync("With HS256 the only key is JWT_SECRET. Set another one on all nodes at once; whoever is signed in refreshes.");
            return 1;
        }

        var keys = services.GetRequiredService<StoredKeys>();
        switch (arguments)
        {
            case ["keys", "list"]:
                break;
            case ["keys", "rotate"]:
                await keys.RotateAsync(new AuditEvent("keys_rotated", "signing_key") { Client = new(null, "command line", "") }, cancellation);
                break;
            case ["keys", "retire", var kid]:
                if (!await keys.RetireAsync(kid, cancellation))
                {
                    await output.WriteLineAsync($"There is no key {kid}.");
                    return 1;
                }

                break;
            default:
                return await AuthCommands.RefuseAsync(output);
        }

        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var all = await keys.ListAsync(cancellation);
        var signer = all.LastOrDefault(k => k.SignsFrom <= now) ?? (all.Count > 0 ? all[0] : null);
        foreach (var key in all)
        {
            await output.WriteLineAsync($"{key.Kid}  {key.Algorithm}  {(key == signer ? "signs" : key.SignsFrom > now ? $"signs from {Time(key.SignsFrom)}" : $"verifies until {Time(key.VerifiesUntil)}")}");
        }

        return 0;
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
