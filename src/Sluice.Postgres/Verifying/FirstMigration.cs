using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Plan;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Proving;
using Sluice.Postgres.Reading;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Sql;

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
            var (live, shape, constraints) = await ReadAsync(settings, apart, cancellation);
            var plan = Migration.Plan(Database.Empty with { DefaultSchema = settings.Address.Schema }, live);
            var script = SqlWriter.Write(plan with { Steps = [.. plan.Steps.Select(s => AsItIs(s, constraints))] });
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

    // To the language a unique constraint is a unique index. Later migrations meet the one or the other, so here it is what it is.
    private static PlanStep AsItIs(PlanStep step, Dictionary<(ObjectName Table, string Name), string> constraints) =>
        step is PlanStep.CreateIndex create && constraints.TryGetValue((create.Table, create.Index.Name), out var definition)
            ? new PlanStep.CreateObject(
                new SqlObject(new ObjectId(ObjectKind.UniqueConstraint, create.Table.Schema, create.Table.Name, create.Index.Name), definition), create.OnNewTable, create.Again)
            : step;

    private static async Task<Dictionary<(ObjectName Table, string Name), string>> UniqueConstraintsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT n.nspname::text, c.relname::text, k.conname::text, pg_catalog.pg_get_constraintdef(k.oid)
            FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE k.contype = 'u'
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new Dictionary<(ObjectName, string), string>();
        while (await reader.ReadAsync(cancellation))
        {
            found.Add((new ObjectName(reader.GetString(0), reader.GetString(1)), reader.GetString(2)), reader.GetString(3));
        }

        return found;
    }

    private static async Task<(Database Live, Shape Shape, Dictionary<(ObjectName Table, string Name), string> Constraints)> ReadAsync(RunSettings settings, ObjectName? apart, CancellationToken cancellation)
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
        var constraints = await UniqueConstraintsAsync(session.Connection, cancellation);
        await transaction.RollbackAsync(cancellation);
        return (live, shape, constraints);
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
