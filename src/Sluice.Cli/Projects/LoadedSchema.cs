using Sluice.Catalog;
using Sluice.Cli.Output;
using Sluice.Diagnostics;
using Sluice.Model;

namespace Sluice.Cli.Projects;

/// <summary>A schema that may be worked with: its mistakes stop the command, its warnings are said.</summary>
internal static class LoadedSchema
{
    public static SchemaModel Require(Session session) => Require(session, session.Project.Schema);

    public static SchemaModel Require(Session session, Stage<SchemaModel> schema)
    {
        if (schema.HasErrors)
        {
            DiagnosticText.Print(session.Terminal, schema.Diagnostics);
            throw new InvalidSchemaException($"The schema has {DiagnosticText.Count(schema.Diagnostics)}; nothing was done.");
        }

        if (session.Verbose)
        {
            DiagnosticText.Print(session.Terminal, schema.Diagnostics);
        }

        return schema.Value;
    }

    /// <summary>The database that the schema asks for, for a connection whose unqualified names live in <paramref name="defaultSchema"/>.</summary>
    public static Database Catalog(Session session, string defaultSchema) => CatalogBuilder.Build(Require(session), defaultSchema);
}
