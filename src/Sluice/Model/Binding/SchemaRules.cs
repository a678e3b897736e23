using Sluice.Model.Configuration;
using Sluice.Model.Fields;
using Sluice.Model.Indexes;
using Sluice.Model.Mistakes;
using Sluice.Model.Relations;

namespace Sluice.Model.Binding;

/// <summary>Last checks: what must hold once everything before has been read without a mistake.</summary>
internal static class SchemaRules
{
    public static void Check(SchemaBinding schema)
    {
        CompositeRules.Check(schema);
        foreach (var field in schema.Entities.SelectMany(e => e.ScalarFields))
        {
            DefaultRules.CheckFunction(field);
        }

        ExtensionReader.Check(schema);
        DatabaseNameRules.CheckTables(schema);
        var names = new ConstraintNamespace(schema);
        var ambiguities = new RelationAmbiguity(schema);

        // Models before views: an ambiguous relation ends the checks, and what comes after it goes unsaid.
        foreach (var entity in schema.Entities.Where(e => !e.IsView).Concat(schema.Entities.Where(e => e.IsView)))
        {
            if (!Check(entity, names, ambiguities))
            {
                return;
            }
        }

        DatabaseNameRules.CheckEnums(schema);
        foreach (var binding in schema.Enums)
        {
            DatabaseNameRules.CheckSchema(binding);
        }

        RelationRules.Check(schema, names);
        RenameRules.Check(schema);
        GeneratorHintRules.Check(schema);
    }

    /// <summary>False when nothing after the entity can be checked.</summary>
    private static bool Check(EntityBinding entity, ConstraintNamespace names, RelationAmbiguity ambiguities)
    {
        if (entity.IsView && !entity.Schema.HasPreview("views"))
        {
            entity.Report(entity.Syntax.Span, SchemaMistakes.ViewsArePreview(entity.Name));
        }

        KeyRules.Check(entity, names);
        IndexTypeRules.Check(entity);
        DatabaseNameRules.CheckSchema(entity);
        foreach (var field in entity.ScalarFields)
        {
            KeyRules.CheckClientNames(field, names);
            FieldRules.Check(field);
        }

        foreach (var field in entity.RelationFields)
        {
            if (ambiguities.Report(field))
            {
                return false;
            }

            KeyRules.CheckClientNames(field, names);
            RelationFieldRules.Check(field);
        }

        foreach (var index in entity.Indexes)
        {
            IndexRules.Check(entity, index, names);
        }

        return true;
    }
}
