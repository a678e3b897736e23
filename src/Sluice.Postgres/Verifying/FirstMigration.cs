using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Proving;
using Sluice.Postgres.Reading;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;

namespace Sluice.Postgres.Verifying;

/// <summary>`migrate baseline`: what a live database is, as the first migration of a history that begins with it.</summary>
/// <param name="Name">The migration's.</param>
/// <param name="Difference">What the migration does not make of the database, or makes beyond it.</param>
public sealed record FirstMigration(string Name, string Script, ShapeDifference Difference)
{
    /// <summary>Reads the database, writes the SQL of all of it, runs that on a scratch database and compares. Changes nothing.</summary>
    /// <param name="apart">A table that is not to be a part of it: another tool's history. With its schema, or null.</param>
    /// <exception cref="ProblemException">SL5051: there are migrations, or a history; or there is nothing.</exception>
    public static Task<FirstMigration> PlanAsync(RunSettings settings, string name, ObjectName? apart = null, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            settings = settings with { SeesObjects = true };
            var (live, shape) = await ReadAsync(settings, apart, cancellation);
            var script = Migration.Script(Database.Empty with { DefaultSchema = settings.Address.Schema }, live);
            if (script.Length == 0)
            {
                throw Refused(
                    $"There is nothing to take over in {string.Join(", ", settings.Schemas)} of \"{settings.Address.Database}\".",
                    "For a first migration from the schema: sluice migrate dev --name init");
            }

            return new FirstMigration(name, script, await CompareAsync(settings, script, shape, cancellation));
        });

    /// <summary>Writes the file and marks it as applied; neither without the other.</summary>
    public async Task<MigrationFile> WriteAsync(RunSettings settings, CancellationToken cancellation = default)
    {
        var created = NewMigration.Create(settings.MigrationsPath, Name, Script);
        try
        {
            await Resolve.AppliedAsync(settings, Name, cancellation);
            return created;
        }
        catch
        {
            NewMigration.TakeBack(created);
            throw;
        }
    }

    private static async Task<(Database Live, Shape Shape)> ReadAsync(RunSettings settings, ObjectName? apart, CancellationToken cancellation)
    {
        var folder = MigrationFolder.Read(settings.MigrationsPath);
        if (!folder.Names.IsEmpty)
        {
            throw Refused(
                $"There are migrations in {folder.Path} already; a baseline is the first one.",
                "If the database has what they make, mark them one after another: sluice migrate resolve --applied NAME",
                "Or move them away, and run this command again.");
        }

        await using var session = await RunSession.OpenAsync(settings, cancellation);
        if (await session.ReadHistoryAsync(folder, cancellation) is { Applied.IsEmpty: false } state)
        {
            throw Refused($"The database has a history: {state.Applied.Length} migrations, the last of them {state.Applied[^1]}.", "Bring their files back, for example from version control.");
        }

        await using var transaction = await session.Connection.BeginTransactionAsync(cancellation);
        if (apart is { } table)
        {
            // Out of sight for as long as is looked; the transaction is never committed.
            await using var drop = new NpgsqlCommand($"DROP TABLE {ServerConnection.Quote(table.Schema)}.{ServerConnection.Quote(table.Name)}", session.Connection);
            await drop.ExecuteNonQueryAsync(cancellation);
        }

        var live = await CatalogReader.ReadWithObjectsAsync(session.Connection, settings.Address.Schema, settings.DeclaredSchemas, cancellation);
        var shape = await Shape.ReadAsync(session.Connection, cancellation);
        await transaction.RollbackAsync(cancellation);
        return (live, shape);
    }

    private static async Task<ShapeDifference> CompareAsync(RunSettings settings, string script, Shape live, CancellationToken cancellation)
    {
        await using var shadow = await ShadowDatabase.OpenAsync(settings, cancellation);
        if (await shadow.RunAsync(script, cancellation) is { } failure)
        {
            var told = failure.Describe(null, null, settings.Address);
            return new ShapeDifference([$"everything from `{told.SourceLine.Trim()}` on: {told.Error.SqlState} {told.Error.Message}"], []);
        }

        return live.To(await Shape.ReadAsync(await shadow.SessionAsync(cancellation), cancellation));
    }

    private static ProblemException Refused(string message, params ReadOnlySpan<string> remedies) => new(new Problem("SL5051", message) { Remedies = [.. remedies] });
}
