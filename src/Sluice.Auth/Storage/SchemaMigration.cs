using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Postgres.Running;

namespace Sluice.Auth.Storage;

/// <summary>Applies our migrations in the names of the options, by the toolkit: of nodes that start at once one does it, the others wait.</summary>
internal sealed class SchemaMigration(AuthDatabase database, IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    public NamedMigrations Migrations { get; } = new(database.Names, options.Value.Tables.Existing.ToHashSet(StringComparer.Ordinal));

    /// <returns>The names of those that were applied.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-auth-").FullName;
        try
        {
            await Migrations.WriteAsync(folder, cancellation);
            var address = database.Address with { Schema = Migrations.HistorySchema, SchemaIsExplicit = true };
            return (await Deploy.RunAsync(new RunSettings { Address = address, MigrationsPath = folder, Clock = clock }, cancellation)).Applied;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
