using Sluice.Model.Fields;
using Sluice.Model.Indexes;
using Sluice.Model.Relations;

namespace Sluice.Model.Binding;

/// <summary>Last checks: what must hold once every attribute has been read without a mistake.</summary>
internal static class SchemaRules
{
    public static void Check(SchemaBinding schema)
    {
        foreach (var entity in schema.Entities)
        {
            KeyRules.Check(entity);
            foreach (var field in entity.ScalarFields)
            {
                FieldRules.Check(field);
            }

            foreach (var field in entity.RelationFields)
            {
                // An ambiguous relation makes everything after it guesswork.
                if (!RelationFieldRules.Check(field))
                {
                    return;
                }
            }

            foreach (var index in entity.Indexes)
            {
                IndexRules.Check(entity, index);
            }
        }

        RelationRules.Check(schema);
    }
}
