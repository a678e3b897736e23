using Sluice.Catalog;
using Sluice.Model;
using Sluice.Syntax;

namespace Sluice.Introspection;

/// <summary>The `datasource` and `generator` blocks of a pulled schema.</summary>
internal static class Configuration
{
    private static readonly string[] UsualExtensions = ["citext", "pg_crypto", "postgis", "uuid-ossp"];

    public static string New(Database database)
    {
        var schemas = database.QualifyNames ? $"  schemas  = [{string.Join(", ", database.Schemas.Select(Literals.Text))}]\n" : "";
        return "datasource db {\n  provider = \"postgresql\"\n  url      = env(\"DATABASE_URL\")\n" + schemas + "}\n\n";
    }

    /// <summary>As it was written; only the list of extensions follows the database.</summary>
    public static string Datasource(SyntaxTree tree, ConfigSyntax block, Database database, SchemaModel model)
    {
        var text = tree.Source.Slice(block.Span);
        if (!model.Generators.Any(g => g.PreviewFeatures.Contains("postgresqlExtensions")))
        {
            return text;
        }

        var wanted = Extensions(database, model.Datasource?.Extensions ?? []);
        if (block.Properties.FirstOrDefault(p => p.Name.Name == "extensions") is { Value: { } value })
        {
            var start = value.Span.Start - block.Span.Start;
            return wanted.Count > 0
                ? $"{text[..start]}[{string.Join(", ", wanted)}]{text[(start + value.Span.Length)..]}"
                : $"{text[..start]}[]{text[(start + value.Span.Length)..]}";
        }

        return wanted.Count > 0 ? $"{text[..^1]}  extensions = [{string.Join(", ", wanted)}]\n}}" : text;
    }

    // What the schema names keeps the details that it states; of others only those that an application asks for by itself.
    private static List<string> Extensions(Database database, IReadOnlyList<ExtensionDefinition> previous)
    {
        var wanted = new List<string>();
        foreach (var extension in database.Extensions)
        {
            var known = previous.FirstOrDefault(e => e.DatabaseName == extension.Name);
            if (known is null && !UsualExtensions.Contains(extension.Name))
            {
                continue;
            }

            var name = PulledName.Sanitise(extension.Name);
            var details = new List<string>();
            if (name != extension.Name)
            {
                details.Add($"map: {Literals.Text(extension.Name)}");
            }

            if (known?.Version is not null && extension.Version is { } version)
            {
                details.Add($"version: {Literals.Text(version)}");
            }

            if ((known is null || known.Schema is not null) && extension.Schema is { } schema)
            {
                details.Add($"schema: {Literals.Text(schema)}");
            }

            wanted.Add(details.Count == 0 ? name : $"{name}({string.Join(", ", details)})");
        }

        return wanted;
    }
}
