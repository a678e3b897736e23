using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Binding;

internal sealed class EnumBinding(SchemaBinding schema, SourceText source, EnumSyntax syntax)
{
    public SchemaBinding Schema { get; } = schema;

    public SourceText Source { get; } = source;

    public EnumSyntax Syntax { get; } = syntax;

    public string Name => Syntax.Name.Name;

    public string DatabaseName { get; set; } = syntax.Name.Name;

    public string? DatabaseSchema { get; set; }

    public TextSpan? DatabaseSchemaSpan { get; set; }

    public List<EnumValueBinding> Values { get; } = [];

    public HashSet<string> ValueNames { get; } = new(StringComparer.Ordinal);

    public void Report(TextSpan span, Mistake mistake) => Schema.Findings.Add(Source, span, mistake);
}

internal sealed class EnumValueBinding(EnumValueSyntax syntax)
{
    public EnumValueSyntax Syntax { get; } = syntax;

    public string Name => Syntax.Name.Name;

    public string DatabaseName { get; set; } = syntax.Name.Name;
}
