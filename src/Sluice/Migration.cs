using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diagnostics;
using Sluice.Diff;
using Sluice.Model;
using Sluice.Model.Relations;
using Sluice.Online;
using Sluice.Plan;
using Sluice.Sql;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice;

/// <summary>The whole road, from the text of a schema to the SQL that takes a database there. Read this first.</summary>
public static class Migration
{
    /// <summary>Reads one schema, which may be spread over several files.</summary>
    public static Stage<SchemaModel> Read(params ReadOnlySpan<SourceText> files)
    {
        var parsed = files.ToArray().Select(SchemaParser.Parse).ToImmutableArray();
        var bound = ModelBinder.Bind([.. parsed.Select(p => p.Value)], parsed.Any(p => p.HasErrors));
        var order = files.ToArray().Index().ToDictionary(f => f.Item, f => f.Index);
        return bound with
        {
            Diagnostics =
            [
                .. parsed.SelectMany(p => p.Diagnostics)
                    .Concat(bound.Diagnostics)
                    .OrderBy(d => order[d.Source])
                    .ThenBy(d => d.Span.Start),
            ],
        };
    }

    /// <summary>
    /// The files of one schema in their one form, and what relations lack written out. A file with syntax mistakes keeps
    /// its unreadable lines.
    /// </summary>
    public static ImmutableArray<SourceText> Format(params ReadOnlySpan<SourceText> files)
    {
        var parsed = files.ToArray().Select(SchemaParser.Parse).ToImmutableArray();
        var trees = parsed.Select(p => p.Value).ToImmutableArray();
        var completed = parsed.Any(p => p.HasErrors) ? [.. files] : MissingRelations.Complete(trees);
        return
        [
            .. trees.Zip(completed, (tree, file) =>
                new SourceText(file.Path, SchemaFormatter.Format(file == tree.Source ? tree : SchemaParser.Parse(file).Value))),
        ];
    }

    /// <summary>The steps between two catalogs; none when they are the same.</summary>
    public static MigrationPlan Plan(Database from, Database to)
    {
        (from, to) = StoredNames.OfBoth(from, to);
        return Planner.Plan(from, to, CatalogDiffer.Diff(from, to));
    }

    /// <summary>The SQL between two catalogs; empty when they are the same.</summary>
    public static string Script(Database from, Database to) => SqlWriter.Write(Plan(from, to));

    /// <summary>The SQL as a new migration.sql holds it: what could be lost stands at its head.</summary>
    public static string File(MigrationPlan plan) =>
        DataLoss.Header(DataLoss.Evaluate(DataLoss.Checks(plan), DataCounts.Unknown)) + SqlWriter.Write(plan);

    /// <summary>The same with what it destroys kept in archives, and with what its way back kept given back. Prisma's SQL where there is neither.</summary>
    public static string KeepingFile(Database before, Database after, string migration)
    {
        var plan = Plan(before, after);
        var back = Plan(after, before with { Renames = Reverse.Renames(plan) });
        return DataLoss.Header(DataLoss.Evaluate(DataLoss.Checks(plan), DataCounts.Unknown))
            + new ArchiveScript(migration, isUp: true, plan.Naming).Write(plan, Loss.Of(plan), Loss.Of(back));
    }

    /// <summary>The way back over a migration, as its down.sql holds it; empty when the catalogs show nothing to take back.</summary>
    /// <param name="archives">Where rows are kept that would be lost; null to keep none.</param>
    public static string Down(Database before, Database after, Archives? archives = null) =>
        DownScript.Write(Reverse.Of(StoredNames.Of(before), StoredNames.Of(after)), archives);

    /// <summary>A migration that keeps nobody waiting for longer than a lock takes, as far as that can be; what cannot is named.</summary>
    /// <param name="archive">The migration whose archives keep what it destroys; null to keep nothing.</param>
    public static OnlineMigration OnlineFile(Database before, Database after, string? archive = null)
    {
        (before, after) = StoredNames.OfBoth(before, after);
        return OnlinePlan.Of(before, after, archive);
    }

    /// <summary>The way back in such forms.</summary>
    public static string OnlineDown(Database before, Database after, Archives? archives = null)
    {
        (before, after) = (StoredNames.Of(before), StoredNames.Of(after));
        return OnlinePlan.Back(Reverse.Of(before, after), before, after, archives);
    }

    /// <summary>The same difference for people.</summary>
    public static string Summary(Database from, Database to) => PlanSummary.Write(Plan(from, to));
}
