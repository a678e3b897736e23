using System.Collections.Immutable;
using Sluice.Model.Mistakes;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Binding;

/// <summary>First stage: every name of every file, once each in its namespace.</summary>
internal sealed class NameBinder
{
    private readonly SchemaBinding schema;
    private readonly Dictionary<string, string> blocks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> generators = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> datasources = new(StringComparer.Ordinal);

    private NameBinder(SchemaBinding schema) => this.schema = schema;

    public static void Bind(SchemaBinding schema, ImmutableArray<SyntaxTree> trees)
    {
        var binder = new NameBinder(schema);
        foreach (var tree in trees)
        {
            foreach (var block in tree.Blocks)
            {
                binder.Bind(tree.Source, block);
            }
        }
    }

    private void Bind(SourceText source, BlockSyntax block)
    {
        if (TypeBinder.IsScalar(block.Name.Name))
        {
            Report(source, block.Name.Span, NameMistakes.ScalarName(block.Name.Name));
        }

        switch (block)
        {
            case ModelSyntax { Keyword: ModelKeyword.Type } type:
                BindComposite(source, type);
                break;
            case ModelSyntax model:
                BindEntity(source, model);
                break;
            case EnumSyntax syntax:
                BindEnum(source, syntax);
                break;
            case ConfigSyntax config:
                BindConfig(source, config);
                break;
        }
    }

    private void BindEntity(SourceText source, ModelSyntax syntax)
    {
        var entity = new EntityBinding(schema, source, syntax);
        var kind = entity.IsView ? "view" : "model";
        CheckBlockName(source, syntax, kind);
        CheckAttributeNames(source, syntax.Attributes);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in syntax.Fields)
        {
            CheckIdentifier(source, field.Name, "a field");
            CheckAttributeNames(source, field.Attributes);
            if (!names.Add(field.Name.Name))
            {
                Report(source, field.Name.Span, NameMistakes.FieldTwice(kind, entity.Name, field.Name.Name));
            }
        }

        Claim(source, syntax.Name, kind, blocks);
        schema.Entities.Add(entity);
        schema.EntitiesByName[entity.Name] = entity;
    }

    private void BindEnum(SourceText source, EnumSyntax syntax)
    {
        var binding = new EnumBinding(schema, source, syntax);
        CheckBlockName(source, syntax, "enum");
        CheckAttributeNames(source, syntax.Attributes);
        foreach (var value in syntax.Values)
        {
            CheckIdentifier(source, value.Name, "an enum value");
            CheckAttributeNames(source, value.Attributes);
            binding.Values.Add(new EnumValueBinding(value));
            if (!binding.ValueNames.Add(value.Name.Name))
            {
                Report(source, value.Span, NameMistakes.ValueTwice(binding.Name, value.Name.Name));
            }
        }

        Claim(source, syntax.Name, "enum", blocks);
        schema.Enums.Add(binding);
        schema.EnumsByName[binding.Name] = binding;
    }

    private void BindComposite(SourceText source, ModelSyntax syntax)
    {
        CheckIdentifier(source, syntax.Name, "a composite type");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in syntax.Fields)
        {
            if (!names.Add(field.Name.Name))
            {
                Report(source, field.Name.Span, NameMistakes.FieldTwice("composite type", syntax.Name.Name, field.Name.Name));
            }
        }

        Claim(source, syntax.Name, "composite type", blocks);
        var binding = new CompositeBinding(schema, source, syntax);
        schema.Composites.Add(binding);
        schema.CompositesByName[binding.Name] = binding;
    }

    private void BindConfig(SourceText source, ConfigSyntax syntax)
    {
        var isDatasource = syntax.Keyword is ConfigKeyword.Datasource;
        var kind = isDatasource ? "datasource" : "generator";
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in syntax.Properties)
        {
            if (!keys.Add(property.Name.Name))
            {
                Report(source, property.Name.Span, NameMistakes.PropertyTwice(kind, syntax.Name.Name, property.Name.Name));
            }
        }

        Claim(source, syntax.Name, kind, isDatasource ? datasources : generators);
    }

    private void CheckBlockName(SourceText source, BlockSyntax block, string kind)
    {
        CheckIdentifier(source, block.Name, kind is "enum" ? "an enum" : $"a {kind}");
        if (ReservedNames.Contains(block.Name.Name))
        {
            Report(source, block.Span, NameMistakes.Reserved(kind, block.Name.Name));
        }
    }

    private void CheckAttributeNames(SourceText source, ImmutableArray<AttributeSyntax> attributes)
    {
        foreach (var attribute in attributes)
        {
            CheckIdentifier(source, attribute.Name, "an attribute");
        }
    }

    private void CheckIdentifier(SourceText source, Identifier name, string kind)
    {
        if (name.Name.Length > 0 && char.IsNumber(name.Name[0]))
        {
            Report(source, name.Span, NameMistakes.StartsWithDigit(kind, name.Name));
        }
        else if (name.Name.Contains('-'))
        {
            Report(source, name.Span, NameMistakes.HasHyphen(kind, name.Name));
        }
    }

    private void Claim(SourceText source, Identifier name, string kind, Dictionary<string, string> names)
    {
        if (!names.TryAdd(name.Name, kind))
        {
            Report(source, name.Span, NameMistakes.BlockTwice(kind, name.Name, names[name.Name]));
            names[name.Name] = kind;
        }
    }

    private void Report(SourceText source, TextSpan span, Mistake mistake) => schema.Findings.Add(source, span, mistake);
}
