using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Postgres.Running;

namespace Sluice.Auth.Storage;

/// <summary>Before the first request: the tables are there, by our migrations where the host wants that, and named as it says.</summary>
internal sealed class SchemaAtStart(AuthDatabase database, IOptions<SluiceAuthOptions> options, TimeProvider clock) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.MigrateOnStart)
        {
            await MigrateAsync(cancellationToken);
        }

        await CatalogCheck.RequireAsync(database, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task MigrateAsync(CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-auth-").FullName;
        try
        {
            await Embedded.WriteBelowAsync("migrations", folder, cancellation);
            await Deploy.RunAsync(new RunSettings { Address = database.Address, MigrationsPath = folder, Clock = clock }, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
