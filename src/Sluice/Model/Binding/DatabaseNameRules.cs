using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Binding;

/// <summary>Names in the database: unique within their database schema, and that schema one of the datasource's.</summary>
internal static class DatabaseNameRules
{
    public static void CheckTables(SchemaBinding schema)
    {
        var tables = new Dictionary<(string?, string), EntityBinding>();

        // Models before views, as they were always compared: it decides who is told.
        foreach (var entity in schema.Entities.Where(e => !e.IsView).Concat(schema.Entities.Where(e => e.IsView)))
        {
            var key = (entity.DatabaseSchema, entity.DatabaseName);
            if (tables.TryGetValue(key, out var earlier))
            {
                var (guilty, other) = entity.MappedName is not null ? (entity, earlier) : (earlier, entity);
                guilty.Report(
                    guilty.Syntax.Attributes.First(a => a.Name.Name == "map").Span,
                    SchemaMistakes.TableTwice(entity.DatabaseName, other.Name));
            }

            tables[key] = entity;
        }
    }

    public static void CheckEnums(SchemaBinding schema)
    {
        var names = new HashSet<(string?, string)>();
        foreach (var binding in schema.Enums)
        {
            if (!names.Add((binding.DatabaseSchema, binding.DatabaseName)))
            {
                binding.Report(binding.Syntax.Span, SchemaMistakes.EnumTwice(binding.DatabaseName));
            }
        }
    }

    public static void CheckSchema(EntityBinding entity) =>
        CheckSchema(entity.Schema, entity.IsView ? "view" : "model", entity.Syntax, entity.DatabaseSchema, (isWhole, mistake) =>
            entity.Report(isWhole ? entity.Syntax.Span : entity.DatabaseSchemaSpan!.Value, mistake));

    public static void CheckSchema(EnumBinding binding) =>
        CheckSchema(binding.Schema, "enum", binding.Syntax, binding.DatabaseSchema, (isWhole, mistake) =>
            binding.Report(isWhole ? binding.Syntax.Span : binding.DatabaseSchemaSpan!.Value, mistake));

    private static void CheckSchema(
        SchemaBinding schema, string kind, BlockSyntax block, string? databaseSchema, Action<bool, Mistake> report)
    {
        if (schema.Datasource is not { } datasource)
        {
            if (databaseSchema is not null)
            {
                report(false, SchemaMistakes.SchemaNeedsDatasource());
            }
        }
        else if (databaseSchema is null)
        {
            if (datasource.Schemas.Count > 0)
            {
                report(true, SchemaMistakes.SchemaMissing(kind, block.Name.Name));
            }
        }
        else if (!datasource.Schemas.Items.Contains(databaseSchema))
        {
            report(false, SchemaMistakes.SchemaUnknown(databaseSchema, datasource.Schemas));
        }
    }
}
