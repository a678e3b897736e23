using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Auth.Audit;
using Sluice.Auth.Factors;
using Sluice.Auth.Idempotency;
using Sluice.Auth.Identities;
using Sluice.Auth.Mail;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth;

/// <summary>`keys list`, `keys rotate`, `keys retire KID`, `keys reseal`. Running nodes read the keys anew every `Tokens.KeyRefresh`.</summary>
internal static class KeyCommands
{
    public static async Task<int> RunAsync(IServiceProvider services, IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellation)
    {
        if (arguments is ["keys", "reseal"])
        {
            return await ResealAsync(services, output, cancellation);
        }

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

    // Batch by batch, each whole in itself: one that is killed is gone on with.
    private static async Task<int> ResealAsync(IServiceProvider services, TextWriter output, CancellationToken cancellation)
    {
        var most = services.GetRequiredService<IOptions<SluiceAuthOptions>>().Value.Upkeep.Batch;
        var isAll = true;
        Resealing[] all = [services.GetRequiredService<StoredKeys>().Resealing, services.GetRequiredService<FactorSecrets>().Resealing(services.GetRequiredService<AuthDatabase>()), .. services.GetRequiredService<GitHubGrants>().Resealings, services.GetRequiredService<Outbox>().Resealing, services.GetRequiredService<ResponseSeal>().Resealing];
        foreach (var resealing in all)
        {
            var (done, some) = (0L, 0);
            do
            {
                done += some = await resealing.Batch(most, cancellation);
            }
            while (some >= most);

            if (done > 0)
            {
                await services.GetRequiredService<Announcer>().TellAsync(
                    new AuditEvent("resealed", "table", resealing.Table) { Client = new Client(null, "command line", ""), New = new JsonObject { ["rows"] = done } }, cancellation);
            }

            var strange = await resealing.Strange(cancellation);
            isAll &= strange == 0;
            await output.WriteLineAsync($"{resealing.Table}: {done} sealed anew{(strange > 0 ? $", {strange} of a Secret that is not among PreviousSecrets" : "")}");
        }

        if (!isAll)
        {
            await output.WriteLineAsync("Set the missing Secret in PreviousSecrets, and run it again.");
            return 1;
        }

        // Made anew, the chain would no longer have the heads that were noted elsewhere: it is what it proves that it was not.
        var audited = await services.GetRequiredService<AuditSeals>().VerifyAsync(null, cancellation);
        await output.WriteLineAsync(audited.OlderUntil is { } until
            ? $"All of it is sealed with the Secret in force. The audit log has {audited.Older.ToString(CultureInfo.InvariantCulture)} seals of a Secret before, which stay: `audit verify` needs it in PreviousSecrets until {Time(until)}; nothing else does."
            : "All of it is sealed with the Secret in force; PreviousSecrets can go.");
        return 0;
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
