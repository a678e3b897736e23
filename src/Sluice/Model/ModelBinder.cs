using System.Collections.Immutable;
using Sluice.Diagnostics;
using Sluice.Model.Binding;
using Sluice.Model.Configuration;
using Sluice.Model.Relations;
using Sluice.Syntax;

namespace Sluice.Model;

/// <summary>Trees to meaning: resolves names over all files and reports every mistake.</summary>
/// <remarks>
/// The stages stand one under another. The first four always run and report everything they see; the rules at the end need
/// a schema that is otherwise sound, so that one slip does not bring a train of consequences.
/// </remarks>
public static class ModelBinder
{
    /// <param name="afterSyntaxErrors">The trees have holes: the rules at the end would only report those again.</param>
    public static Stage<SchemaModel> Bind(ImmutableArray<SyntaxTree> trees, bool afterSyntaxErrors)
    {
        var schema = Resolve(trees);
        ConfigurationBinder.Bind(schema, trees);
        if (!afterSyntaxErrors && !schema.Findings.HasErrors)
        {
            SchemaRules.Check(schema);
        }

        return new Stage<SchemaModel>(ModelAssembly.Assemble(schema), schema.Findings.ToImmutable());
    }

    /// <summary>Names, types, attributes and relations, without the rules that they must keep.</summary>
    internal static SchemaBinding Resolve(ImmutableArray<SyntaxTree> trees)
    {
        var schema = new SchemaBinding();
        NameBinder.Bind(schema, trees);
        TypeBinder.Bind(schema);
        AttributeBinder.Bind(schema);
        RelationInference.Infer(schema);
        return schema;
    }
}
