using System.Collections.Immutable;
using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Configuration;

/// <summary>The `extensions` of a datasource: `[citext, postgis(version: "…", schema: "…", map: "…")]`.</summary>
internal static class ExtensionReader
{
    /// <summary>Sorted by name; null when the property is absent or broken.</summary>
    public static ImmutableArray<ExtensionDefinition>? Read(PropertyReader properties)
    {
        if (properties.Take("extensions") is not { } value
            || PropertyReader.AsList(value, i => CheckKind(properties, i)) is not { } items)
        {
            return null;
        }

        return [.. items.Select(i => Read(properties, i)).OrderBy(e => e.Name, StringComparer.Ordinal)];
    }

    /// <summary>Needs the preview features of all generators, so it comes with the rules at the end.</summary>
    public static void Check(SchemaBinding schema)
    {
        if (schema is not { Datasource.ExtensionsEnabled: true, DatasourceSyntax: { } block, DatasourceSource: { } source })
        {
            return;
        }

        var property = block.Properties.Last(p => p.Name.Name == "extensions");
        if (!schema.HasPreview("postgresqlExtensions"))
        {
            schema.Findings.Add(source, property.Span, DatasourceMistakes.ExtensionsArePreview());
            return;
        }

        foreach (var item in property.Value is ArraySyntax array ? array.Items : [property.Value!])
        {
            var name = NameOf(item);
            if (char.IsNumber(name[0]) || name.Contains('-'))
            {
                schema.Findings.Add(source, item.Span, DatasourceMistakes.ExtensionName(name));
            }
        }
    }

    private static string NameOf(ExpressionSyntax item) => item is FunctionSyntax function ? function.Name.Name : ((ConstantSyntax)item).Text;

    private static ExpressionSyntax? CheckKind(PropertyReader properties, ExpressionSyntax item)
    {
        if (item is ConstantSyntax or FunctionSyntax)
        {
            return item;
        }

        properties.Report(item.Span, DatasourceMistakes.ExtensionNotNamed(properties.Text(item)));
        return null;
    }

    private static ExtensionDefinition Read(PropertyReader properties, ExpressionSyntax item)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var argument in item is FunctionSyntax function ? function.Arguments : [])
        {
            if (argument.Name?.Name is not { } key)
            {
                properties.Report(argument.Span, DatasourceMistakes.ExtensionArgumentUnnamed());
            }
            else if (values.ContainsKey(key))
            {
                properties.Report(argument.Span, DatasourceMistakes.ExtensionArgumentTwice(key));
            }
            else
            {
                values[key] = (argument.Value as StringSyntax)?.Value;
                if (key is not ("map" or "schema" or "version"))
                {
                    properties.Report(argument.Span, DatasourceMistakes.ExtensionArgumentUnknown(key));
                }

                if (argument.Value is not null and not StringSyntax)
                {
                    var mistake = DatasourceMistakes.ExtensionArgumentNotString(key, properties.Text(argument.Value));
                    properties.Report(argument.Value.Span, mistake);
                }
            }
        }

        var name = NameOf(item);
        return new ExtensionDefinition(
            name,
            values.GetValueOrDefault("map") ?? name,
            values.GetValueOrDefault("version"),
            values.GetValueOrDefault("schema"));
    }
}
