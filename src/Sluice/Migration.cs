using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diagnostics;
using Sluice.Diff;
using Sluice.Model;
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
        return bound with { Diagnostics = [.. parsed.SelectMany(p => p.Diagnostics), .. bound.Diagnostics] };
    }

    /// <summary>The SQL between two catalogs; empty when they are the same.</summary>
    public static string Script(Database from, Database to)
    {
        var changes = CatalogDiffer.Diff(from, to);
        var steps = Planner.Plan(from, to, changes);
        return SqlWriter.Write(steps);
    }
}
