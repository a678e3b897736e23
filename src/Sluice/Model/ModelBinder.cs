using System.Collections.Immutable;
using Sluice.Diagnostics;
using Sluice.Model.Binding;
using Sluice.Model.Configuration;
using Sluice.Model.Relations;
using Sluice.Syntax;

namespace Sluice.Model;

/// <summary>Trees to meaning: resolves names over all files and reports every mistake.</summary>
/// <remarks>
/// The stages stand one under another. A stage runs only when those before it found nothing, so that one slip does not
/// bring a train of consequences; within a stage everything is reported.
/// </remarks>
public static class ModelBinder
{
    /// <param name="afterSyntaxErrors">Then only names and configuration are looked at.</param>
    public static Stage<SchemaModel> Bind(ImmutableArray<SyntaxTree> trees, bool afterSyntaxErrors = false)
    {
        var schema = new SchemaBinding();
        NameBinder.Bind(schema, trees);
        if (!afterSyntaxErrors && !schema.Findings.HasErrors)
        {
            TypeBinder.Bind(schema);
            if (!schema.Findings.HasErrors)
            {
                AttributeBinder.Bind(schema);
                RelationInference.Infer(schema);
            }
        }

        ConfigurationBinder.Bind(schema, trees);
        if (!afterSyntaxErrors && !schema.Findings.HasErrors)
        {
            SchemaRules.Check(schema);
        }

        return new Stage<SchemaModel>(ModelAssembly.Assemble(schema), schema.Findings.ToImmutable());
    }
}
