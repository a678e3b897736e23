using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Lint;
using Sluice.Lint.Measuring;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Proving;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Postgres.Shadow.Cache;
using Sluice.Text;

namespace Sluice.Postgres.Measuring;

/// <summary>A migration that was run statement by statement on a scratch database.</summary>
/// <param name="Remarks">Tables that hold no rows, and why.</param>
public sealed record MeasuredMigration(string Name, SourceText Script, ImmutableArray<MeasuredStatement> Statements, ImmutableArray<string> Remarks)
{
    /// <summary>What changed on the server itself while those before it were replayed and it was traced, and stays when the scratch database goes: a sentence each.</summary>
    public ImmutableArray<string> Left { get; init; } = [];
}

/// <summary>`migrate verify --trace`: what migrations really lock, rewrite, scan and build, beside what is predicted of them.</summary>
public static class MeasuredMigrations
{
    /// <summary>Measures those whose names are given, in the folder's order.</summary>
    /// <param name="applied">Those that are run before, as they are; null for all before the first that is measured.</param>
    /// <param name="sample">How many rows to take of each table of the live database; null for invented ones.</param>
    /// <param name="show">The path of a script as findings name it.</param>
    /// <exception cref="ProblemException">P3006 a migration before them does not apply, P3014.</exception>
    public static Task<ImmutableArray<MeasuredMigration>> RunAsync(
        RunSettings settings,
        MigrationFolder folder,
        IReadOnlySet<string> names,
        IReadOnlySet<string>? applied,
        int? sample,
        Func<string, string> show,
        CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var migrations = folder.RequireScripts().Migrations;
            var last = Array.FindLastIndex([.. migrations], m => names.Contains(m.Name));
            if (last < 0)
            {
                return [];
            }

            // One that is pending before others that are applied comes after them, as it will.
            ImmutableArray<MigrationFile> before = applied is null ? [.. migrations.TakeWhile(m => !names.Contains(m.Name))] : [.. migrations.Where(m => applied.Contains(m.Name))];
            var left = ImmutableArray.CreateBuilder<string>();
            var shared = await SharedAsync(settings, cancellation);
            await using var shadow = await Replay.OpenAsync(settings, await ReplayCache.OpenAsync(settings, before, cancellation), before, cancellation);
            await LeftByAsync("while the migrations before it were replayed");
            var measured = ImmutableArray.CreateBuilder<MeasuredMigration>();
            foreach (var migration in migrations[..(last + 1)].Except(before))
            {
                if (!names.Contains(migration.Name))
                {
                    await Replay.ApplyAsync(shadow, migration, settings, cancellation);
                    await LeftByAsync($"while {migration.Name} was replayed");
                    continue;
                }

                var one = await MeasureAsync(shadow, settings, sample, migration, new SourceText(show(migration.Path), migration.Script), cancellation);
                await LeftByAsync("while it was traced");
                measured.Add(one with { Left = left.DrainToImmutable() });
                settings.Progress?.Report(new RunEvent.Replaying(before.Length + measured.Count, migrations.Length));
            }

            return measured.ToImmutable();

            async Task LeftByAsync(string moment)
            {
                var now = await SharedNames.ReadAsync(await shadow.SessionAsync(cancellation), cancellation);
                if (now.Since(shared) is { Length: > 0 } changed)
                {
                    left.Add($"{moment}, {changed}: that is of the whole server, and stays");
                }

                shared = now;
            }
        });

    private static async Task<SharedNames> SharedAsync(RunSettings settings, CancellationToken cancellation)
    {
        await using var server = await ShadowDatabase.ServerAsync(settings, cancellation);
        return await SharedNames.ReadAsync(server, cancellation);
    }

    private static async Task<MeasuredMigration> MeasureAsync(ShadowDatabase shadow, RunSettings settings, int? sample, MigrationFile migration, SourceText script, CancellationToken cancellation)
    {
        var remarks = await FillAsync(shadow, settings, sample, cancellation);
        var connection = await shadow.SessionAsync(cancellation);
        var live = await LiveSchema.ReadAsync(connection, settings.Address.Schema, cancellation);
        var told = Linter.Run(new LintInput([script], [live.Script], default) { Facts = live.Facts }).Predictions[0];
        connection = await shadow.SessionAsync(cancellation);
        var statements = await new MeasuredScript(settings, shadow.Address, connection, migration.Script, told).RunAsync(cancellation);
        return new MeasuredMigration(migration.Name, script, statements, remarks);
    }

    // Those that hold rows already keep them.
    private static async Task<ImmutableArray<string>> FillAsync(ShadowDatabase shadow, RunSettings settings, int? sample, CancellationToken cancellation)
    {
        var catalog = await shadow.ReadAsync(cancellation);
        var connection = await shadow.SessionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var remarks = sample is { } most && await EmptyAsync(connection, catalog, cancellation) is { Count: > 0 } wanted
            ? await LiveRows.CopyAsync(settings, SampleRows.InOrder(wanted), most, connection, cancellation)
            : [];
        remarks = remarks.AddRange(await new SampleRows(connection, catalog).FillAsync(await EmptyAsync(connection, catalog, cancellation), cancellation));
        await transaction.CommitAsync(cancellation);
        return remarks;
    }

    private static async Task<List<Table>> EmptyAsync(NpgsqlConnection connection, Database catalog, CancellationToken cancellation)
    {
        var empty = new List<Table>();
        foreach (var table in catalog.Tables.Items.Where(OwnTables.Keep))
        {
            await using var any = new NpgsqlCommand($"SELECT EXISTS (SELECT FROM {ServerConnection.Quote(table.Name.Schema)}.{ServerConnection.Quote(table.Name.Name)})", connection);
            if (await any.ExecuteScalarAsync(cancellation) is false)
            {
                empty.Add(table);
            }
        }

        return empty;
    }
}
