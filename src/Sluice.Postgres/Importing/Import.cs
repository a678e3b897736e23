using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Npgsql;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;

namespace Sluice.Postgres.Importing;

/// <summary>One file of another tool's under its new name.</summary>
/// <param name="Name">Without `.up.sql`.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Applied">By the other tool's history.</param>
public sealed record ImportedMigration(string Name, string Up, string? Down, string Source, bool Applied);

/// <summary>`migrate import`: another tool's files in our layout, and its history in ours.</summary>
/// <param name="Drift">What the database has more or less than the applied files make; nothing is done about it.</param>
public sealed record Import(ForeignTool Tool, ImmutableArray<ImportedMigration> Migrations, ImmutableArray<Change> Drift)
{
    /// <summary>Reads table and folder, replays what is applied on a scratch database, and compares. Changes nothing.</summary>
    /// <exception cref="ProblemException">SL5051 … SL5055; P3006: an applied file does not replay.</exception>
    public static Task<Import> PlanAsync(RunSettings settings, ForeignTool tool, string folder, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var session = await RunSession.OpenAsync(settings, cancellation);
            await ForeignHistory.RequireUntakenAsync(tool, session.Connection, cancellation);
            RequireRoom(settings, tool, folder);
            var history = await ForeignHistory.ReadAsync(tool, session.Connection, settings.Address.Schema, cancellation);
            var migrations = Named(tool, folder, history, ForeignFiles.Read(tool, folder));
            ImmutableArray<MigrationFile> applied = [.. migrations.Where(m => m.Applied).Select(m => new MigrationFile(m.Name, m.Source, [.. Encoding.UTF8.GetBytes(m.Up)]))];
            var made = await Replay.CatalogAsync(settings, applied, cancellation);
            var live = await SeenCatalog.ReadAsync(settings, session.Connection, cancellation);
            var apart = new ObjectName(settings.Address.Schema, ForeignTools.TableOf(tool));
            return new Import(tool, migrations, CatalogDiffer.Diff(made, Without(live, apart)));
        });

    /// <summary>The other tool's applied migrations, newest last; for those that leave no files.</summary>
    /// <exception cref="ProblemException">SL5051, SL5053.</exception>
    public static Task<ImmutableArray<string>> AppliedAsync(RunSettings settings, ForeignTool tool, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var session = await RunSession.OpenAsync(settings, cancellation);
            await ForeignHistory.RequireUntakenAsync(tool, session.Connection, cancellation);
            return (await ForeignHistory.ReadAsync(tool, session.Connection, settings.Address.Schema, cancellation)).Applied;
        });

    /// <summary>Writes the files, then in one transaction: the other tool's table out of the way, ours with a row for each applied file.</summary>
    /// <exception cref="ProblemException">SL5007: the other tool has been at work since.</exception>
    public Task RunAsync(RunSettings settings, string folder, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var session = await RunSession.OpenLockedAsync(settings, cancellation);
            var now = Named(Tool, folder, await ForeignHistory.ReadAsync(Tool, session.Connection, settings.Address.Schema, cancellation), ForeignFiles.Read(Tool, folder));
            if (!now.SequenceEqual(Migrations))
            {
                throw new ProblemException(new Problem("SL5007", "The history or the files are no longer those that were shown; nothing was changed.")
                {
                    Remedies = ["Run the command again: it looks at what is there now."],
                });
            }

            Write(settings.MigrationsPath);
            var files = MigrationFolder.Read(settings.MigrationsPath);
            return await RecordedRun.RunAsync(
                session.Connection,
                settings,
                async run =>
                {
                    await using var transaction = await session.Connection.BeginTransactionAsync(cancellation);
                    await SetAsideAsync(session.Connection, Tool, settings.Address.Schema, cancellation);
                    var ours = session.HistoryOf(files);
                    await ours.CreateAsync(session.Connection, cancellation);
                    foreach (var migration in Migrations.Where(m => m.Applied))
                    {
                        await ours.InsertAppliedAsync(session.Connection, files.Require(migration.Name), settings.Clock, cancellation);
                    }

                    await transaction.CommitAsync(cancellation);
                    foreach (var migration in Migrations.Where(m => m.Applied))
                    {
                        await run.MarkedAppliedAsync(ours.Table, migration.Name);
                    }

                    return true;
                },
                cancellation);
        });

    /// <summary>Moves the other tool's table to where no catalog looks; it is kept as it was.</summary>
    internal static async Task SetAsideAsync(NpgsqlConnection connection, ForeignTool tool, string schema, CancellationToken cancellation)
    {
        var (table, kept) = (ServerConnection.Quote(ForeignTools.TableOf(tool)), ForeignTools.KeptAs(tool));
        await using var command = new NpgsqlCommand(
            $"""
            CREATE SCHEMA IF NOT EXISTS {JournalSchema.Name};
            ALTER TABLE {ServerConnection.Quote(schema)}.{table} SET SCHEMA {JournalSchema.Name};
            ALTER TABLE {JournalSchema.Name}.{table} RENAME TO {ServerConnection.Quote(kept.Name)};
            """,
            connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The same as an operation of its own, where there is nothing to insert.</summary>
    public static Task SetAsideAsync(RunSettings settings, ForeignTool tool, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var session = await RunSession.OpenLockedAsync(settings, cancellation);
            await using var transaction = await session.Connection.BeginTransactionAsync(cancellation);
            await SetAsideAsync(session.Connection, tool, settings.Address.Schema, cancellation);
            await transaction.CommitAsync(cancellation);
            return true;
        });

    private static Database Without(Database live, ObjectName table) => live with
    {
        Tables = [.. live.Tables.Items.Where(t => t.Name != table)],
        Sequences = [.. live.Sequences.Items.Where(s => s.OwnedBy?.Table != table)],
    };

    // golang-migrate's files are named as ours are, and stay where they are.
    private static void RequireRoom(RunSettings settings, ForeignTool tool, string folder)
    {
        var same = Path.TrimEndingDirectorySeparator(Path.GetFullPath(settings.MigrationsPath)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var taken = same
            ? tool is ForeignTool.GolangMigrate ? null : $"{folder} is where the files come from, and they cannot be written beside each other."
            : MigrationFolder.Read(settings.MigrationsPath).Names is [var first, ..] ? $"There are migrations in {settings.MigrationsPath} already, the first of them {first}." : null;
        if (taken is not null)
        {
            throw new ProblemException(new Problem("SL5051", taken) { Remedies = ["Name an empty folder for the taken over ones: --migrations DIR"] });
        }
    }

    private static ImmutableArray<ImportedMigration> Named(ForeignTool tool, string folder, ForeignHistory history, ImmutableArray<ForeignFile> files)
    {
        var versioned = files.Where(f => f.Version is not null).OrderBy(f => ForeignFiles.Parts(f.Version!), PartOrder.Instance).ToList();
        var applied = history.Applied.Select(v => string.Join('.', ForeignFiles.Parts(v))).ToHashSet(StringComparer.Ordinal);
        string Key(ForeignFile file) => string.Join('.', ForeignFiles.Parts(file.Version!));
        var absent = applied.Except(versioned.Select(Key), StringComparer.Ordinal).Select(v => $"version {v} is applied, and there is no file of it").ToList();
        if (absent.Count > 0)
        {
            throw ForeignFiles.NotUnderstood(tool, folder, absent);
        }

        // golang-migrate knows one version: everything up to it is applied. So is what came before a baseline of Flyway's.
        var upTo = tool is ForeignTool.GolangMigrate ? history.Applied.FirstOrDefault() : history.Baseline;
        bool IsApplied(ForeignFile file) =>
            applied.Contains(Key(file)) || (upTo is not null && PartOrder.Instance.Compare(ForeignFiles.Parts(file.Version!), ForeignFiles.Parts(upTo)) <= 0);

        var width = new VersionWidth(versioned.Select(f => f.Version!));
        var names = versioned.Select(f => new ImportedMigration($"{width.Write(f.Version!)}_{f.Description}", f.Up, f.Down, f.Source, IsApplied(f)));
        var last = versioned.Count == 0 ? "0" : versioned[^1].Version!;
        var repeatables = files.Where(f => f.Version is null).OrderBy(f => f.Description, StringComparer.Ordinal)
            .Select((f, i) => new ImportedMigration(
                $"{width.After(last, i + 1)}_{f.Description}", f.Up, null, f.Source, history.Repeatables.Contains(f.Description.Replace('_', ' '), StringComparer.Ordinal)));
        return [.. names.Concat(repeatables)];
    }

    // A run that was killed wrote the same; anything else of that name is somebody's.
    private void Write(string path)
    {
        Directory.CreateDirectory(path);
        foreach (var migration in Migrations)
        {
            foreach (var (ending, text) in new[] { (".up.sql", migration.Up), (".down.sql", migration.Down) }.Where(f => f.Item2 is not null))
            {
                var target = Path.Combine(path, migration.Name + ending);
                if (File.Exists(target))
                {
                    continue;
                }

                var draft = Path.Combine(path, $".{migration.Name}{ending}.draft");
                File.WriteAllText(draft, text, new UTF8Encoding(false));
                File.Move(draft, target);
            }
        }
    }

    private sealed class PartOrder : IComparer<ImmutableArray<string>>
    {
        public static PartOrder Instance { get; } = new();

        public int Compare(ImmutableArray<string> x, ImmutableArray<string> y)
        {
            for (var i = 0; i < Math.Max(x.Length, y.Length); i++)
            {
                var (a, b) = (i < x.Length ? x[i] : "0", i < y.Length ? y[i] : "0");
                var order = a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b);
                if (order != 0)
                {
                    return order;
                }
            }

            return 0;
        }
    }

    /// <summary>Writes versions so that they sort as texts do, where one of them has more than one part; plain numbers stay as they are.</summary>
    private sealed class VersionWidth(IEnumerable<string> versions)
    {
        private readonly ImmutableArray<ImmutableArray<string>> all = [.. versions.Select(ForeignFiles.Parts)];

        private int Parts => all.IsEmpty ? 1 : all.Max(p => p.Length);

        public string Write(string version) => Parts == 1 ? version : string.Join('.', Enumerable.Range(0, Parts).Select(i => Part(ForeignFiles.Parts(version), i)));

        /// <summary>The nth version after another.</summary>
        public string After(string version, int n)
        {
            var parts = ForeignFiles.Parts(version);
            var head = (long.Parse(parts[0], CultureInfo.InvariantCulture) + n).ToString(CultureInfo.InvariantCulture);
            return Parts == 1 ? head.PadLeft(version.Length, '0') : string.Join('.', Enumerable.Range(0, Parts).Select(i => Part([head], i)));
        }

        private string Part(ImmutableArray<string> version, int i) =>
            (i < version.Length ? version[i] : "0").PadLeft(all.Max(p => i < p.Length ? p[i].Length : 1) + (i == 0 ? 1 : 0), '0');
    }
}
