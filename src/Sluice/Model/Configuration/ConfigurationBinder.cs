using System.Collections.Immutable;
using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Configuration;

/// <summary>The `datasource` and `generator` blocks.</summary>
internal static class ConfigurationBinder
{
    public static void Bind(SchemaBinding schema, ImmutableArray<SyntaxTree> trees)
    {
        var blocks = trees.SelectMany(t => t.Blocks.OfType<ConfigSyntax>().Select(b => (t.Source, Block: b))).ToList();
        BindDatasource(schema, [.. blocks.Where(b => b.Block.Keyword is ConfigKeyword.Datasource)], trees.All(t => t.Blocks.All(b => b is ConfigSyntax)));
        foreach (var (source, block) in blocks.Where(b => b.Block.Keyword is ConfigKeyword.Generator))
        {
            if (GeneratorReader.Read(schema, source, block) is { } generator)
            {
                schema.Generators.Add(generator);
            }
        }
    }

    private static void BindDatasource(SchemaBinding schema, List<(SourceText Source, ConfigSyntax Block)> blocks, bool isEmpty)
    {
        var read = 0;
        foreach (var (source, block) in blocks)
        {
            if (DatasourceReader.Read(schema.Findings, source, block, blocks.Count == 1, isEmpty) is not { } datasource)
            {
                continue;
            }

            read++;
            if (schema.Datasource is null)
            {
                schema.Datasource = datasource;
                schema.DatasourceSource = source;
                schema.DatasourceSyntax = block;
            }
        }

        if (read > 1)
        {
            foreach (var (source, block) in blocks)
            {
                schema.Findings.Add(source, block.Span, DatasourceMistakes.Several(block.Name.Name));
            }
        }
    }
}
