using Sluice.Model.Indexes;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Binding;

/// <summary>A model or view while its parts are being resolved.</summary>
internal sealed class EntityBinding(SchemaBinding schema, SourceText source, ModelSyntax syntax)
{
    private ILookup<ScalarFieldBinding, IReadOnlyList<IndexFieldBinding>>? criteriaByField;
    private ILookup<ScalarFieldBinding, IReadOnlyList<IndexFieldBinding>>? indexesByFirst;

    public SchemaBinding Schema { get; } = schema;

    public SourceText Source { get; } = source;

    public ModelSyntax Syntax { get; } = syntax;

    public string Name => Syntax.Name.Name;

    public bool IsView => Syntax.Keyword is ModelKeyword.View;

    /// <summary>`@@map`, else null.</summary>
    public string? MappedName { get; set; }

    /// <summary>`@@map`, else the name.</summary>
    public string DatabaseName { get; set; } = syntax.Name.Name;

    /// <summary>`@@schema`, else null.</summary>
    public string? DatabaseSchema { get; set; }

    public TextSpan? DatabaseSchemaSpan { get; set; }

    public bool IsIgnored { get; set; }

    /// <summary>In the order of the text.</summary>
    public List<FieldBinding> Fields { get; } = [];

    public Dictionary<string, FieldBinding> FieldsByName { get; } = new(StringComparer.Ordinal);

    public IEnumerable<ScalarFieldBinding> ScalarFields => Fields.OfType<ScalarFieldBinding>();

    public IEnumerable<RelationFieldBinding> RelationFields => Fields.OfType<RelationFieldBinding>();

    public PrimaryKeyBinding? PrimaryKey { get; set; }

    /// <summary>Unique and plain indexes: those of fields first, then those of the block.</summary>
    public List<IndexBinding> Indexes { get; } = [];

    /// <summary>The primary key, then the unique indexes.</summary>
    public IEnumerable<IReadOnlyList<IndexFieldBinding>> UniqueCriteria
    {
        get
        {
            if (PrimaryKey is not null)
            {
                yield return PrimaryKey.Fields;
            }

            foreach (var index in Indexes)
            {
                if (index.IsUnique)
                {
                    yield return index.Fields;
                }
            }
        }
    }

    /// <summary>Whether the text has such a field, though its type may be unknown.</summary>
    public bool Declares(string name) => Syntax.Fields.Any(f => f.Name.Name == name);

    /// <summary>The unique criteria that a field takes part in. Only once all attributes have been read.</summary>
    public IEnumerable<IReadOnlyList<IndexFieldBinding>> UniqueCriteriaOf(ScalarFieldBinding field) =>
        (criteriaByField ??= UniqueCriteria.SelectMany(c => c.Select(f => (f.Field, Criterion: c)))
            .ToLookup(c => c.Field, c => c.Criterion))[field];

    /// <summary>The keys and indexes that begin with a field. Only once all attributes have been read.</summary>
    public IEnumerable<IReadOnlyList<IndexFieldBinding>> IndexesOn(ScalarFieldBinding field) =>
        (indexesByFirst ??= Indexes.Select(i => i.Fields).Append(PrimaryKey?.Fields ?? []).Where(f => f.Count > 0)
            .ToLookup(f => f[0].Field))[field];

    public void Report(TextSpan span, Mistake mistake) => Schema.Findings.Add(Source, span, mistake);
}
