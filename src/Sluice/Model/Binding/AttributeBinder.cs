using Sluice.Model.Fields;
using Sluice.Model.Indexes;
using Sluice.Model.Relations;

namespace Sluice.Model.Binding;

/// <summary>Third stage: every attribute by itself, in isolation from the others.</summary>
internal static class AttributeBinder
{
    public static void Bind(SchemaBinding schema)
    {
        foreach (var field in schema.Entities.SelectMany(e => e.RelationFields))
        {
            BindRelationField(field);
        }

        foreach (var entity in schema.Entities)
        {
            foreach (var field in entity.ScalarFields)
            {
                BindScalarField(field);
            }

            FieldAttributes.CheckColumnNames(entity);
            BindEntity(entity);
        }

        foreach (var field in schema.Composites.SelectMany(c => c.Fields))
        {
            BindCompositeField(field);
        }

        foreach (var binding in schema.Enums)
        {
            BindEnum(binding);
        }
    }

    private static void BindRelationField(RelationFieldBinding field)
    {
        var attributes = AttributeSet.OfField(field.Entity.Schema.Findings, field.Entity.Source, field.Syntax.Attributes);
        RelationAttributes.Read(field, attributes);
        FieldAttributes.ReadOnRelation(field, attributes);
        KeyAttributes.RefuseOnRelation(field, attributes);
        attributes.Finish();
    }

    private static void BindScalarField(ScalarFieldBinding field)
    {
        var attributes = AttributeSet.OfField(field.Entity.Schema.Findings, field.Entity.Source, field.Syntax.Attributes);
        FieldAttributes.Read(field, attributes);
        RelationAttributes.RefuseOnScalar(field, attributes);
        KeyAttributes.ReadField(field, attributes);
        DefaultAttribute.Read(field, attributes);
        NativeTypeAttribute.Read(field, attributes);
        IndexAttributes.ReadFieldUnique(field, attributes);
        attributes.Finish();
    }

    private static void BindCompositeField(CompositeFieldBinding field)
    {
        var attributes = AttributeSet.OfField(field.Owner.Schema.Findings, field.Owner.Source, field.Syntax.Attributes);
        if (field.Type is FieldType.Scalar)
        {
            NativeTypeAttribute.Last(attributes, field.Owner.Report);
        }

        BlockAttributes.ReadMap(attributes);
        DefaultAttribute.Read(field, attributes);
        attributes.Finish();
    }

    private static void BindEntity(EntityBinding entity)
    {
        var attributes = AttributeSet.OfBlock(entity.Schema.Findings, entity.Source, entity.Syntax.Attributes);
        BlockAttributes.Read(entity, attributes);
        KeyAttributes.ReadBlock(entity, attributes);
        IndexAttributes.ReadBlockIndexes(entity, attributes);
        attributes.Finish();
    }

    private static void BindEnum(EnumBinding binding)
    {
        var findings = binding.Schema.Findings;
        foreach (var value in binding.Values)
        {
            var onValue = AttributeSet.OfField(findings, binding.Source, value.Syntax.Attributes);
            value.DatabaseName = BlockAttributes.ReadMap(onValue) ?? value.Name;
            onValue.Finish();
        }

        var attributes = AttributeSet.OfBlock(findings, binding.Source, binding.Syntax.Attributes);
        BlockAttributes.Read(binding, attributes);
        attributes.Finish();
    }
}
