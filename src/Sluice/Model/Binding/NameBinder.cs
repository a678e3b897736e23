using System.Collections.Immutable;
using Sluice.Model.Mistakes;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Binding;

/// <summary>First stage: every name of every file, once each in its namespace.</summary>
internal static class NameBinder
{
    public static void Bind(SchemaBinding schema, ImmutableArray<SyntaxTree> trees)
    {
        var tops = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tree in trees)
        {
            foreach (var block in tree.Blocks)
            {
                switch (block)
                {
                    case ModelSyntax { Keyword: not ModelKeyword.Type } model:
                        BindModel(schema, tree.Source, model, tops);
                        break;
                    case EnumSyntax syntax:
                        BindEnum(schema, tree.Source, syntax, tops);
                        break;
                }
            }
        }
    }

    private static void BindModel(SchemaBinding schema, SourceText source, ModelSyntax syntax, Dictionary<string, string> tops)
    {
        var entity = new EntityBinding(schema, source, syntax);
        if (Claim(schema, source, syntax.Name, entity.IsView ? "view" : "model", tops))
        {
            schema.Entities.Add(entity);
            schema.EntitiesByName.Add(entity.Name, entity);
        }
    }

    private static void BindEnum(SchemaBinding schema, SourceText source, EnumSyntax syntax, Dictionary<string, string> tops)
    {
        var binding = new EnumBinding(schema, source, syntax);
        foreach (var value in syntax.Values)
        {
            if (binding.ValueNames.Add(value.Name.Name))
            {
                binding.Values.Add(new EnumValueBinding(value));
            }
            else
            {
                binding.Report(value.Span, NameMistakes.ValueTwice(syntax.Name.Name, value.Name.Name));
            }
        }

        if (Claim(schema, source, syntax.Name, "enum", tops))
        {
            schema.Enums.Add(binding);
            schema.EnumsByName.Add(binding.Name, binding);
        }
    }

    private static bool Claim(SchemaBinding schema, SourceText source, Identifier name, string kind, Dictionary<string, string> tops)
    {
        if (tops.TryAdd(name.Name, kind))
        {
            return true;
        }

        schema.Findings.Add(source, name.Span, NameMistakes.BlockTwice(kind, name.Name, tops[name.Name]));
        return false;
    }
}
