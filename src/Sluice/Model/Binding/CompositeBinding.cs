using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Binding;

/// <summary>A `type` block. PostgreSQL has none, so it always ends as a mistake; what is wrong inside is told first.</summary>
internal sealed class CompositeBinding(SchemaBinding schema, SourceText source, ModelSyntax syntax)
{
    public SchemaBinding Schema { get; } = schema;

    public SourceText Source { get; } = source;

    public ModelSyntax Syntax { get; } = syntax;

    public string Name => Syntax.Name.Name;

    public List<CompositeFieldBinding> Fields { get; } = [];

    public void Report(TextSpan span, Mistake mistake) => Schema.Findings.Add(Source, span, mistake);
}

/// <param name="Composite">The type of the field when it is another composite type.</param>
internal sealed record CompositeFieldBinding(CompositeBinding Owner, FieldSyntax Syntax, FieldType Type, CompositeBinding? Composite);
