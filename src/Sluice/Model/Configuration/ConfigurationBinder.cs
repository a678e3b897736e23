using System.Collections.Immutable;
using Sluice.Model.Binding;
using Sluice.Syntax;

namespace Sluice.Model.Configuration;

/// <summary>The `datasource` and `generator` blocks.</summary>
internal static class ConfigurationBinder
{
    public static void Bind(SchemaBinding schema, ImmutableArray<SyntaxTree> trees)
    {
        foreach (var block in trees.SelectMany(t => t.Blocks).OfType<ConfigSyntax>())
        {
            if (block.Keyword is ConfigKeyword.Datasource)
            {
                schema.Datasource = ReadDatasource(block);
            }
            else
            {
                schema.Generators.Add(ReadGenerator(schema, block));
            }
        }
    }

    private static Datasource ReadDatasource(ConfigSyntax block) => new(
        block.Name.Name,
        (Find(block, "provider") as StringSyntax)?.Value ?? "",
        Value(block, "url"),
        Value(block, "directUrl"),
        Value(block, "shadowDatabaseUrl"),
        Find(block, "relationMode") is StringSyntax { Value: "prisma" } ? RelationMode.Prisma : RelationMode.ForeignKeys,
        Strings(Find(block, "schemas")),
        [],
        false);

    private static Generator ReadGenerator(SchemaBinding schema, ConfigSyntax block)
    {
        var features = Strings(Find(block, "previewFeatures"));
        schema.PreviewFeatures.UnionWith(features);
        return new Generator(
            block.Name.Name,
            Value(block, "provider"),
            features,
            [.. block.Properties.Select(p => new GeneratorProperty(p.Name.Name, p.Value))],
            block.Documentation);
    }

    private static ExpressionSyntax? Find(ConfigSyntax block, string name) =>
        block.Properties.FirstOrDefault(p => p.Name.Name == name)?.Value;

    private static ImmutableArray<string> Strings(ExpressionSyntax? value) =>
        value is ArraySyntax array ? [.. array.Items.OfType<StringSyntax>().Select(s => s.Value)] : [];

    private static ConfigValue? Value(ConfigSyntax block, string name) => Find(block, name) switch
    {
        StringSyntax text => new ConfigValue(text.Value, null),
        FunctionSyntax { Name.Name: "env", Arguments: [{ Value: StringSyntax variable }] } => new ConfigValue(null, variable.Value),
        _ => null,
    };
}
