using System.Collections.Immutable;
using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Configuration;

/// <summary>Reads a `generator` block. Generators belong to others, so keys that are not known here are kept as they are.</summary>
internal static class GeneratorReader
{
    public static Generator? Read(SchemaBinding schema, SourceText source, ConfigSyntax block)
    {
        if (PropertyReader.Open(schema.Findings, source, block, "generator") is not { } properties)
        {
            return null;
        }

        if (properties.Take("engineType") is { } engineType)
        {
            properties.AsString(engineType);
        }

        if (ReadProvider(properties, block) is not { } provider)
        {
            return null;
        }

        if (properties.Take("output") is { } output)
        {
            properties.AsValue(output);
        }

        if (properties.Take("binaryTargets") is { } targets)
        {
            PropertyReader.AsList(targets, properties.AsValue);
        }

        var features = ReadFeatures(schema, properties);
        CheckOthers(properties);
        return new Generator(
            block.Name.Name,
            provider,
            features,
            [.. block.Properties.Select(p => new GeneratorProperty(p.Name.Name, p.Value))],
            block.Documentation);
    }

    private static ConfigValue? ReadProvider(PropertyReader properties, ConfigSyntax block)
    {
        if (properties.Take("provider") is { } value)
        {
            return properties.AsValue(value);
        }

        properties.Report(block.Span, ConfigurationMistakes.PropertyMissing(
            "generator", block.Name.Name, "provider", "prisma-client"));
        return null;
    }

    private static ImmutableArray<string> ReadFeatures(SchemaBinding schema, PropertyReader properties)
    {
        if (properties.Take("previewFeatures") is not { } value || PropertyReader.AsList(value, properties.AsString) is not { } names)
        {
            return [];
        }

        var features = ImmutableArray.CreateBuilder<string>();
        foreach (var name in names)
        {
            if (Resolve(schema, name) is not { } feature)
            {
                properties.Report(value.Span, GeneratorMistakes.FeatureUnknown(name, PreviewFeatures.Active));
                continue;
            }

            if (feature == PreviewFeatures.FullTextSearch && schema.Datasource is not null)
            {
                feature = PreviewFeatures.FullTextSearchPostgres;
                properties.Report(value.Span, GeneratorMistakes.FeatureRenamed(name, feature));
            }
            else if (PreviewFeatures.IsStable(feature))
            {
                properties.Report(value.Span, GeneratorMistakes.FeatureStable(name));
            }
            else if (PreviewFeatures.IsDropped(feature))
            {
                properties.Report(value.Span, GeneratorMistakes.FeatureDropped(name));
            }

            features.Add(feature);
        }

        schema.PreviewFeatures.UnionWith(features);
        return features.ToImmutable();
    }

    private static string? Resolve(SchemaBinding schema, string name) => PreviewFeatures.Find(name) switch
    {
        // It belongs to PostgreSQL, and without a datasource nobody said that this is one.
        PreviewFeatures.FullTextSearchPostgres when schema.Datasource is null => null,
        var feature => feature,
    };

    /// <summary>Only environment variables can be wrong; the first that is ends the look.</summary>
    private static void CheckOthers(PropertyReader properties)
    {
        foreach (var property in properties.Rest)
        {
            if (!IsSound(properties, property.Value))
            {
                return;
            }
        }
    }

    private static bool IsSound(PropertyReader properties, ExpressionSyntax? value) => value switch
    {
        FunctionSyntax { Name.Name: "env" } function => properties.AsVariable(function) is not null,
        ArraySyntax array => array.Items.All(i => IsSound(properties, i)),
        _ => true,
    };
}
