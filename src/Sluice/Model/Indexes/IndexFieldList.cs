using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Indexes;

/// <summary>Reads the list of fields of `@@id`, `@@unique`, `@@index` and `@@fulltext`.</summary>
internal static class IndexFieldList
{
    /// <summary>Null when an item is wrong; then it has been reported.</summary>
    /// <param name="unknownAt">Where unknown fields are reported.</param>
    /// <param name="followPaths">Whether `address.street` leads into a composite type.</param>
    public static IReadOnlyList<IndexFieldBinding>? Read(
        EntityBinding entity, AttributeReader reader, ExpressionSyntax value, TextSpan unknownAt, bool followPaths) =>
        Items(reader, value) is { } items ? Resolve(entity, reader, items, unknownAt, followPaths) : null;

    private static List<Item>? Items(AttributeReader reader, ExpressionSyntax value)
    {
        var items = new List<Item>();
        var wellFormed = true;
        foreach (var expression in value is ArraySyntax array ? array.Items : [value])
        {
            switch (expression)
            {
                case ConstantSyntax constant:
                    items.Add(new Item(constant.Text));
                    break;
                case FunctionSyntax function:
                    items.Add(Arguments(reader, function));
                    break;
                default:
                    wellFormed = false;
                    reader.Mismatch<string>(expression, "the name of a field, without quotes");
                    break;
            }
        }

        return wellFormed ? items : null;
    }

    private static Item Arguments(AttributeReader reader, FunctionSyntax function)
    {
        var item = new Item(function.Name.Name);
        if (Find(function, "sort") is { } sort)
        {
            item = item with { Descending = IndexArguments.Descending(reader, sort) };
        }

        if (Find(function, "length") is { } length && IndexArguments.IsInteger(reader, length))
        {
            item = item with { HasLength = length is NumberSyntax { Text: not ['-', ..] } };
        }

        return Find(function, "ops") is { } operatorClass ? WithClass(item, reader, operatorClass) : item;
    }

    private static ExpressionSyntax? Find(FunctionSyntax function, string name) =>
        function.Arguments.FirstOrDefault(a => a.Name?.Name == name)?.Value;

    private static Item WithClass(Item item, AttributeReader reader, ExpressionSyntax value)
    {
        switch (value)
        {
            case ConstantSyntax constant when OperatorClass.Find(constant.Text) is { } known:
                return item with { NamedClass = known };
            case ConstantSyntax constant:
                reader.Report(constant.Span, OperatorClassMistakes.Unknown(constant.Text));
                return item;
            case FunctionSyntax { Name.Name: "raw", Arguments: [{ Value: StringSyntax text }] }:
                return item with { RawClass = text.Value };
            default:
                reader.Report(value.Span, OperatorClassMistakes.WrongKind(reader.Source.Slice(value.Span)));
                return item;
        }
    }

    private static List<IndexFieldBinding>? Resolve(
        EntityBinding entity, AttributeReader reader, List<Item> items, TextSpan unknownAt, bool followPaths)
    {
        var fields = new List<IndexFieldBinding>(items.Count);
        var unknown = new List<string>();
        var columnless = new List<string>();
        foreach (var item in items)
        {
            var (root, inner) = followPaths && item.Name.Contains('.', StringComparison.Ordinal)
                ? Follow(entity, item.Name)
                : (entity.FieldsByName.GetValueOrDefault(item.Name), null);
            switch (root)
            {
                case ScalarFieldBinding scalar when fields.Exists(f => f.Field == scalar && f.Inner == inner):
                    reader.Report(KeyMistakes.FieldRepeated(reader.Name, item.Name));
                    return null;
                case ScalarFieldBinding scalar:
                    var field = item.Of(scalar);
                    fields.Add(inner is null ? field : field with { Inner = inner, ColumnName = item.Name });
                    break;
                case RelationFieldBinding:
                case null when HasUnknownType(entity, followPaths ? item.Name.Split('.')[0] : item.Name):
                    columnless.Add(item.Name);
                    break;
                default:
                    unknown.Add(item.Name);
                    break;
            }
        }

        if (unknown.Count > 0)
        {
            reader.Report(unknownAt, KeyMistakes.UnknownFields(reader.Name, entity, unknown));
        }

        if (columnless.Count > 0)
        {
            var underlying = columnless.Select(entity.FieldsByName.GetValueOrDefault).OfType<RelationFieldBinding>()
                .SelectMany(r => r.Attribute?.Fields ?? []).Select(f => f.Name);
            reader.Report(KeyMistakes.FieldsWithoutColumn(reader.Name, columnless, underlying));
        }

        return unknown.Count + columnless.Count == 0 ? fields : null;
    }

    private static bool HasUnknownType(EntityBinding entity, string name) =>
        !entity.FieldsByName.ContainsKey(name) && entity.Declares(name);

    /// <summary>The two ends of a path; no root when it leads nowhere.</summary>
    private static (FieldBinding? Root, CompositeFieldBinding? Inner) Follow(EntityBinding entity, string path)
    {
        var names = path.Split('.');
        var root = entity.FieldsByName.GetValueOrDefault(names[0]);
        var composite = (root as ScalarFieldBinding)?.Composite;
        CompositeFieldBinding? inner = null;
        foreach (var name in names.Skip(1))
        {
            inner = composite?.Fields.Find(f => f.Syntax.Name.Name == name);
            composite = inner?.Composite;
        }

        return root is ScalarFieldBinding && inner is null ? (null, null) : (root, inner);
    }

    private sealed record Item(string Name)
    {
        public bool? Descending { get; init; }

        public bool HasLength { get; init; }

        public OperatorClass? NamedClass { get; init; }

        public string? RawClass { get; init; }

        public IndexFieldBinding Of(ScalarFieldBinding field) => new(field)
        {
            Descending = Descending,
            HasLength = HasLength,
            NamedClass = NamedClass,
            RawClass = RawClass,
        };
    }
}
