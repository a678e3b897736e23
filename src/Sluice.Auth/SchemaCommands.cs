using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth;

/// <summary>`migrate`, `schema print` and `schema check`: the tables, in the names of the options.</summary>
internal static class SchemaCommands
{
    public static async Task<int> RunAsync(IServiceProvider services, IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellation)
    {
        var migration = services.GetRequiredService<SchemaMigration>();
        switch (arguments)
        {
            case ["migrate"]:
                var applied = await migration.RunAsync(cancellation);
                await output.WriteLineAsync(applied.Count == 0 ? "The tables are there already." : $"Applied {string.Join(", ", applied)}.");
                return await CheckAsync(services, output, cancellation);
            case ["schema", "check"]:
                return await CheckAsync(services, output, cancellation);
            case ["schema", "print"]:
                foreach (var (name, sql) in migration.Migrations.All())
                {
                    await output.WriteLineAsync($"-- {name}\n{sql}");
                }

                return 0;
            case ["schema", "print", "--out", var folder]:
                Directory.CreateDirectory(folder);
                var written = await migration.Migrations.WriteAsync(folder, cancellation);
                await output.WriteLineAsync(written.Count == 0 ? $"All of them are in {folder} already." : $"Wrote {string.Join(", ", written)} into {folder}.");
                return 0;
            default:
                return await AuthCommands.RefuseAsync(output);
        }
    }

    private static async Task<int> CheckAsync(IServiceProvider services, TextWriter output, CancellationToken cancellation)
    {
        var findings = await CatalogCheck.FindAsync(services.GetRequiredService<AuthDatabase>(), services.GetRequiredService<IOptions<SluiceAuthOptions>>().Value, cancellation);
        foreach (var finding in findings)
        {
            await output.WriteLineAsync(finding.ToString());
        }

        await output.WriteLineAsync(findings.Count == 0 ? "The database has what Sluice.Auth needs." : "The database is not as Sluice.Auth needs it; docs/auth-tables.md says more.");
        return findings.Count == 0 ? 0 : 1;
    }
}
