using System.Collections.Immutable;
using Sluice.Model;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Catalog;

/// <summary>The line of a schema above which a hint `@renamedFrom` is to be written.</summary>
public sealed record HintPlace(SourceText Source, int Line)
{
    /// <summary>Null where no line of the schema stands for the thing.</summary>
    public static HintPlace? Of(Rename rename, SchemaModel model, string defaultSchema, ImmutableArray<SourceText> files)
    {
        return rename switch
        {
            Rename.Table r => Entity(r.To) is { } entity ? Find(entity.Name, null) : JoinTable(r.To),
            Rename.Column r => Entity(r.Of) is { } entity ? Find(entity.Name, entity.Fields.Items.FirstOrDefault(f => f.ColumnName == r.To)?.Name) : null,
            Rename.Enum r => Enum(r.To) is { } definition ? Find(definition.Name, null) : null,
            Rename.EnumValue r => Enum(r.Of) is { } definition ? Find(definition.Name, definition.Values.Items.FirstOrDefault(v => v.DatabaseName == r.To)?.Name) : null,
            _ => null,
        };

        Entity? Entity(ObjectName name) => model.Models.FirstOrDefault(m => new ObjectName(m.Schema ?? defaultSchema, m.DatabaseName) == name);

        EnumDefinition? Enum(ObjectName name) => model.Enums.Items.FirstOrDefault(e => new ObjectName(e.Schema ?? defaultSchema, e.DatabaseName) == name);

        HintPlace? JoinTable(ObjectName name) =>
            model.Relations.Items.OfType<Relation.ManyToMany>().FirstOrDefault(r => r.TableName == name.Name) is { } relation ? Find(relation.A, relation.AField) : null;

        HintPlace? Find(string block, string? line) => files.Select(f => In(f, block, line)).FirstOrDefault(p => p is not null);
    }

    private static HintPlace? In(SourceText file, string block, string? line)
    {
        var start = SchemaParser.Parse(file).Value.Blocks.FirstOrDefault(b => b.Name.Name == block) switch
        {
            ModelSyntax model => line is null ? model.Span : model.Fields.FirstOrDefault(f => f.Name.Name == line)?.Span,
            EnumSyntax syntax => line is null ? syntax.Span : syntax.Values.FirstOrDefault(v => v.Name.Name == line)?.Span,
            _ => null,
        };
        return start is { } span ? new HintPlace(file, file.Position(span.Start).Line) : null;
    }
}
