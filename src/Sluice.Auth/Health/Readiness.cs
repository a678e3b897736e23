using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Health;

/// <summary>Whether requests should be sent here: the database answers, has our tables and a key, and we are not on our way out.</summary>
internal sealed class Readiness(AuthDatabase database, IOptions<SluiceAuthOptions> options, IHostApplicationLifetime lifetime, IEnumerable<ReadinessSign> signs, TimeProvider clock) : IDisposable
{
    public const string Ok = "ok";

    /// <summary>Something is away that others do the work of: requests may come.</summary>
    public const string Degraded = "degraded";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly string keySql = database.Names.Sql("SELECT EXISTS (SELECT FROM {signing_keys})");
    private readonly SemaphoreSlim asking = new(1);
    private IReadOnlyList<(string Check, string State)> last = [];
    private DateTimeOffset lastAt = DateTimeOffset.MinValue;

    public void Dispose() => asking.Dispose();

    /// <summary>Each check with `ok` or what is wrong, in words that name nothing of the installation.</summary>
    public async Task<IReadOnlyList<(string Check, string State)>> CheckAsync(CancellationToken cancellation)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return [("host", "stopping")];
        }

        // Anybody may ask; the database is asked once a second.
        await asking.WaitAsync(cancellation);
        try
        {
            if (clock.GetUtcNow() - lastAt >= Fresh)
            {
                last = await AskAsync(cancellation);
                lastAt = clock.GetUtcNow();
            }

            return [.. last, .. signs.Select(s => (s.Check, State: s.Now()!)).Where(s => s.State is not null)];
        }
        finally
        {
            asking.Release();
        }
    }

    private async Task<IReadOnlyList<(string, string)>> AskAsync(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            await CatalogCheck.RequireAsync(database, options.Value, patience.Token);
            if (options.Value.Tokens.Algorithm == "HS256")
            {
                return [("database", Ok), ("schema", Ok)];
            }

            await using var command = database.Command(keySql);
            return [("database", Ok), ("schema", Ok), ("keys", await command.ExecuteScalarAsync(patience.Token) is true ? Ok : "missing")];
        }
        catch (AuthSetupException)
        {
            return [("database", Ok), ("schema", "not current")];
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return [("database", "unreachable")];
        }
    }
}
