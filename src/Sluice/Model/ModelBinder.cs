using System.Collections.Immutable;
using Sluice.Diagnostics;
using Sluice.Syntax;

namespace Sluice.Model;

/// <summary>Trees to meaning: resolves names over all files and reports every mistake.</summary>
public static class ModelBinder
{
    public static Stage<SchemaModel> Bind(ImmutableArray<SyntaxTree> trees) => new(new SchemaModel(null, [], [], [], []), []);
}
