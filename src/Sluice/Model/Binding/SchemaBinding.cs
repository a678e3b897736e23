using Sluice.Model.Relations;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Binding;

/// <summary>Everything known while binding: the name tables over all files and the sink for mistakes.</summary>
internal sealed class SchemaBinding
{
    public Findings Findings { get; } = new();

    /// <summary>
    /// The datasource, null when the schema has none or a broken one. Known from <see cref="SchemaRules"/> on. A schema
    /// without a datasource names no database, so it may only hold what every database can do.
    /// </summary>
    public Datasource? Datasource { get; set; }

    public ConfigSyntax? DatasourceSyntax { get; set; }

    public SourceText? DatasourceSource { get; set; }

    public HashSet<string> PreviewFeatures { get; } = new(StringComparer.Ordinal);

    public List<Generator> Generators { get; } = [];

    /// <summary>Models and views in the order of the text, also those whose name is taken.</summary>
    public List<EntityBinding> Entities { get; } = [];

    public Dictionary<string, EntityBinding> EntitiesByName { get; } = new(StringComparer.Ordinal);

    public List<EnumBinding> Enums { get; } = [];

    public Dictionary<string, EnumBinding> EnumsByName { get; } = new(StringComparer.Ordinal);

    public List<CompositeBinding> Composites { get; } = [];

    public Dictionary<string, CompositeBinding> CompositesByName { get; } = new(StringComparer.Ordinal);

    /// <summary>Filled by relation inference, in the order in which their first fields stand in the text.</summary>
    public List<RelationBinding> Relations { get; } = [];

    /// <summary>Without one the database is unknown, so nothing that only some databases have is taken for granted.</summary>
    public bool HasDatasource => Datasource is not null;

    public RelationMode RelationMode => Datasource?.RelationMode ?? RelationMode.ForeignKeys;

    public bool HasPreview(string feature) => PreviewFeatures.Contains(feature);
}
