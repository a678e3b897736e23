using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Storage;

/// <summary>Before the first request: the tables are there, by our migrations where the host wants that, and named as it says.</summary>
internal sealed class SchemaAtStart(AuthDatabase database, IOptions<SluiceAuthOptions> options, SchemaMigration migration) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.MigrateOnStart)
        {
            await migration.RunAsync(cancellationToken);
        }

        await CatalogCheck.RequireAsync(database, options.Value, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
