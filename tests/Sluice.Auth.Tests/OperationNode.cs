using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sluice.Auth.Metrics;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;

namespace Sluice.Auth.Tests;

/// <summary>What one node of the service holds of lockout, audit and upkeep, with a pool of its own and a clock that tests move.</summary>
internal sealed class OperationNode : IAsyncDisposable
{
    private readonly ServiceProvider services;

    public OperationNode(TestDatabase database, MovableClock? clock = null, Action<SluiceAuthOptions>? more = null)
    {
        Clock = clock ?? new MovableClock();
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton<IHostApplicationLifetime, NeverStopping>()
            .AddSingleton<AuthDatabase>()
            .AddOperation()
            .Configure<SluiceAuthOptions>(o =>
            {
                o.DatabaseUrl = database.Url;
                o.Secret = Convert.ToBase64String(Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef"));
                more?.Invoke(o);
            })
            .BuildServiceProvider();
        // It hears only what happens after it was made.
        _ = Get<MetricsText>();
    }

    public MovableClock Clock { get; }

    public AuthDatabase Database => Get<AuthDatabase>();

    /// <summary>A database with the tables that our own migration makes.</summary>
    public static Task<TestDatabase> DatabaseAsync() => TestNode.NewDatabaseAsync();

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private sealed class NeverStopping : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => throw new InvalidOperationException("Nothing here stops the host.");
    }
}

/// <summary>Stands still until it is moved.</summary>
internal sealed class MovableClock : TimeProvider
{
    private DateTimeOffset now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    public void Move(TimeSpan by) => now += by;

    public override DateTimeOffset GetUtcNow() => now;
}
