using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Introspection;
using Sluice.Model;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;
using Sluice.Sql;
using Sluice.Studio.Storage;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Studio.Schemas;

/// <summary>The text beside the drawing.</summary>
/// <param name="IsWritten">It is the project's schema; otherwise it is what `sluice db pull` would write.</param>
/// <param name="Differences">From the database to the schema, as `sluice migrate diff` says it; empty for none, null where mistakes leave nothing to compare.</param>
internal sealed record SchemaAnswer(bool IsWritten, ImmutableArray<SchemaText> Files, string? Differences)
{
    public static async Task<SchemaAnswer> ReadAsync(StudioDatabase database, StudioSettings settings, CancellationToken cancellation)
    {
        ImmutableArray<SourceText> written = settings.Schema?.Invoke() ?? [];
        if (written.IsEmpty)
        {
            var pulled = Introspector.Introspect(await DrawnTables.ReadAsync(database, settings.Run, cancellation));
            return new SchemaAnswer(false, Texts(PreviousSchema.Read(pulled.Files.Select(f => new SourceText(f.Path, f.Text))), settings.Run), "");
        }

        var schema = PreviousSchema.Read(written);
        return new SchemaAnswer(true, Texts(schema, settings.Run), await DifferencesAsync(written, settings.Run, cancellation));
    }

    private static async Task<string?> DifferencesAsync(ImmutableArray<SourceText> written, RunSettings settings, CancellationToken cancellation)
    {
        var schema = Migration.Read(written.AsSpan());
        if (schema.HasErrors)
        {
            return null;
        }

        var live = await Pull.CatalogAsync(settings with { DeclaredSchemas = schema.Value.Datasource?.Schemas.Items ?? [] }, cancellation);
        var plan = Migration.Plan(live, CatalogBuilder.Build(schema.Value, settings.Address.Schema));
        return plan.IsEmpty ? "" : PlanSummary.Write(plan).Trim();
    }

    private static ImmutableArray<SchemaText> Texts(PreviousSchema schema, RunSettings settings)
    {
        var names = new Dictionary<string, (string? Schema, string Name)>(StringComparer.Ordinal);
        foreach (var entity in schema.Model.Entities)
        {
            names.TryAdd(entity.Name, (entity.Schema, entity.DatabaseName));
        }

        foreach (var type in schema.Model.Enums)
        {
            names.TryAdd(type.Name, (type.Schema, type.DatabaseName));
        }

        return
        [
            .. schema.Trees.Select(tree => new SchemaText(
                tree.Source.Path,
                tree.Source.Text,
                [
                    .. from block in tree.Blocks
                       where block is ModelSyntax or EnumSyntax && names.ContainsKey(block.Name.Name)
                       let name = names[block.Name.Name]
                       select new SchemaBlock(name.Schema ?? settings.Address.Schema, name.Name, block.Span.Start, block.Span.Length),
                ])),
        ];
    }
}

internal sealed record SchemaText(string Path, string Text, ImmutableArray<SchemaBlock> Blocks);

/// <summary>Where a table, a view or an enum stands in the text.</summary>
internal sealed record SchemaBlock(string Schema, string Name, int Start, int Length);
