using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Diff.Renames;
using Sluice.Plan;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Sql;

namespace Sluice.Postgres.Verifying;

/// <summary>Whether the live database is what its history makes, in everything that PostgreSQL has.</summary>
/// <param name="History">What the history makes.</param>
/// <param name="Renames">What is sure to have been renamed in the live database.</param>
/// <param name="Made">What the history makes, with these renames done.</param>
/// <param name="Found">What the live database has.</param>
internal sealed record Drift(Database History, ImmutableArray<Rename> Renames, Database Made, Database Found)
{
    /// <summary>History → live.</summary>
    public ImmutableArray<Change> Changes { get; } = [.. Renames.Select(r => new Change.Renamed(r)), .. CatalogDiffer.Diff(Made, Found)];

    /// <summary>Without the very scripts that were applied there is nothing to compare with: their effects would look like drift.</summary>
    public static bool CanBeTold(HistoryState history) =>
        history.Failed.IsEmpty && history.Edited.IsEmpty && history.Missing.IsEmpty;

    /// <param name="answered">Renames that a person has told of.</param>
    public static async Task<Drift> FindAsync(
        RunSettings settings,
        NpgsqlConnection live,
        MigrationFolder folder,
        HistoryState history,
        CancellationToken cancellation,
        ImmutableArray<Rename> answered = default)
    {
        settings = settings with { SeesObjects = true };
        var applied = AppliedOf(folder, history);
        var made = await Replay.CatalogAsync(settings, applied, cancellation);
        var found = await SeenCatalog.ReadAsync(settings, live, cancellation);
        if (made == found)
        {
            return new Drift(found, [], found, found);
        }

        // Everything that refers to a renamed thing follows: how, only a server knows.
        var renames = CertainRenames.Between(made, found, await LostColumnsAsync(live, cancellation), answered.IsDefault ? [] : answered);
        return new Drift(made, renames, renames.IsEmpty ? made : await Replay.CatalogAfterAsync(settings, applied, Script(renames, made), cancellation), found);
    }

    public static ImmutableArray<MigrationFile> AppliedOf(MigrationFolder folder, HistoryState history)
    {
        var applied = history.Applied.ToHashSet(StringComparer.Ordinal);
        return [.. folder.Migrations.Where(m => applied.Contains(m.Name))];
    }

    /// <summary>Renames alone, in their order.</summary>
    internal static string Script(ImmutableArray<Rename> renames, Database of) =>
        SqlWriter.Write(new MigrationPlan([.. renames.Select(r => new PlanStep.Rename(r))], new Naming(of.QualifyNames, of.QualifyNames)));

    private static async Task<HashSet<ObjectName>> LostColumnsAsync(NpgsqlConnection live, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT DISTINCT n.nspname::text, c.relname::text
            FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE a.attisdropped AND c.relkind IN ('r', 'p')
            """,
            live);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var tables = new HashSet<ObjectName>();
        while (await reader.ReadAsync(cancellation))
        {
            tables.Add(new ObjectName(reader.GetString(0), reader.GetString(1)));
        }

        return tables;
    }
}
