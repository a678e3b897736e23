using System.Collections.Immutable;
using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Configuration;

/// <summary>Reads a `datasource` block. Its urls may be there (dialect 6.x) or not (7.x).</summary>
internal static class DatasourceReader
{
    /// <param name="isOnly">Of several none can stay, so that their providers need no complaint of their own.</param>
    /// <param name="isEmpty">No model says anything that another database would take otherwise: its provider is only warned of.</param>
    public static Datasource? Read(Findings findings, SourceText source, ConfigSyntax block, bool isOnly, bool isEmpty)
    {
        if (PropertyReader.Open(findings, source, block, "datasource") is not { } properties
            || ReadProvider(properties, block, isOnly, isEmpty) is not { } provider)
        {
            return null;
        }

        var relationMode = ReadRelationMode(properties, block);
        var extensions = ExtensionReader.Read(properties);
        var urlSyntax = properties.Take("url");
        var url = urlSyntax is null ? null : properties.AsValue(urlSyntax);
        if (urlSyntax is not null && url is null)
        {
            return null;
        }

        var shadowUrl = properties.Take("shadowDatabaseUrl") is { } shadow ? properties.AsValue(shadow) : null;
        var directSyntax = properties.Take("directUrl");
        var directUrl = directSyntax is null ? null : properties.AsValue(directSyntax);
        if (shadowUrl is not null and not { Literal: "" })
        {
            CheckShadow(properties, shadowUrl, "directUrl", directUrl, directSyntax);
            CheckShadow(properties, shadowUrl, "url", url, urlSyntax);
        }

        if (properties.TakeProperty("previewFeatures") is { } features)
        {
            properties.Report(features.Span, DatasourceMistakes.PreviewFeatures());
        }

        var schemas = ReadSchemas(properties);
        foreach (var property in properties.Rest)
        {
            properties.Report(property.Span, DatasourceMistakes.PropertyUnknown(property.Name.Name));
        }

        return new Datasource(
            block.Name.Name, provider, url, directUrl, shadowUrl, relationMode, schemas, extensions ?? [], extensions is not null);
    }

    private static string? ReadProvider(PropertyReader properties, ConfigSyntax block, bool isOnly, bool isEmpty)
    {
        switch (properties.Take("provider"))
        {
            case StringSyntax { Value: "postgresql" or "postgres" } known:
                return known.Value;
            case StringSyntax { Value: "mysql" or "sqlite" or "sqlserver" or "mongodb" or "cockroachdb" } other when !isOnly:
                return other.Value;
            case StringSyntax { Value: "mysql" or "sqlite" or "sqlserver" or "mongodb" or "cockroachdb" } other when isEmpty:
                properties.Report(other.Span, DatasourceMistakes.ProviderNotConnected(other.Value));
                return other.Value;
            case StringSyntax other:
                properties.Report(other.Span, DatasourceMistakes.ProviderUnsupported(other.Value));
                return null;
            case FunctionSyntax { Name.Name: "env" }:
                properties.Report(block.Span, DatasourceMistakes.ProviderFromEnvironment());
                return null;
            case null:
                properties.Report(block.Span, ConfigurationMistakes.PropertyMissing(
                    "datasource", block.Name.Name, "provider", "postgresql"));
                return null;
            case var value:
                properties.Report(value.Span, DatasourceMistakes.ProviderNotString(properties.Text(value)));
                return null;
        }
    }

    private static RelationMode ReadRelationMode(PropertyReader properties, ConfigSyntax block)
    {
        var old = properties.TakeProperty("referentialIntegrity");
        if (old is not null)
        {
            properties.Report(old.Span, DatasourceMistakes.RelationModeOldName());
        }

        var current = properties.Take("relationMode");
        if (current is not null && old is not null)
        {
            properties.Report(old.Span, DatasourceMistakes.RelationModeTwice());
            return RelationMode.ForeignKeys;
        }

        if ((current ?? old?.Value) is not { } value || properties.AsString(value) is not { } mode)
        {
            return RelationMode.ForeignKeys;
        }

        if (mode is not ("prisma" or "foreignKeys"))
        {
            properties.Report(block.Span, DatasourceMistakes.RelationModeUnknown(mode));
        }

        return mode is "prisma" ? RelationMode.Prisma : RelationMode.ForeignKeys;
    }

    private static void CheckShadow(
        PropertyReader properties, ConfigValue shadow, string name, ConfigValue? other, ExpressionSyntax? syntax)
    {
        if (shadow == other)
        {
            properties.Report(syntax!.Span, DatasourceMistakes.ShadowIs(name));
        }
    }

    private static ImmutableArray<string> ReadSchemas(PropertyReader properties)
    {
        if (properties.Take("schemas") is not { } value
            || PropertyReader.AsList(value, i => properties.AsString(i) is null ? null : (StringSyntax)i) is not { } schemas)
        {
            return [];
        }

        if (schemas.Count == 0)
        {
            properties.Report(value.Span, DatasourceMistakes.SchemasEmpty());
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var schema in schemas.Where(s => !names.Add(s.Value)))
        {
            properties.Report(schema.Span, DatasourceMistakes.SchemaTwice(schema.Value));
        }

        return [.. names];
    }
}
