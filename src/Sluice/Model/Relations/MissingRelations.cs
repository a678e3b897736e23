using System.Collections.Immutable;
using System.Text;
using Sluice.Model.Binding;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Relations;

/// <summary>
/// What Prisma's formatter writes into a schema whose relations are only half said: the field on the other side, the
/// scalar fields that hold the reference, the `@relation` attribute and its arguments.
/// </summary>
internal sealed class MissingRelations
{
    private readonly Dictionary<SourceText, List<(int Position, string Text)>> additions = [];
    private readonly HashSet<(EntityBinding, string)> addedFields = [];

    private MissingRelations()
    {
    }

    /// <summary>The same files, completed; as they were where the schema has mistakes that leave nothing to complete.</summary>
    public static ImmutableArray<SourceText> Complete(ImmutableArray<SyntaxTree> trees)
    {
        var schema = ModelBinder.Resolve(trees);
        var missing = new MissingRelations();
        if (!schema.Findings.HasErrors)
        {
            missing.Find(schema);
        }

        return [.. trees.Select(t => missing.Apply(t.Source))];
    }

    private void Find(SchemaBinding schema)
    {
        var relations = schema.Relations.Where(r => r.IsInline).ToList();
        foreach (var relation in relations)
        {
            AddBackField(relation);
            AddForwardField(relation);
            AddReferencingFields(relation);
        }

        foreach (var relation in relations)
        {
            AddAttribute(relation);
        }

        foreach (var relation in relations)
        {
            AddArguments(relation);
        }
    }

    private void AddBackField(RelationBinding relation)
    {
        if (relation.Back is null)
        {
            var model = relation.From.Name;
            var (name, arity) = relation.Kind is RelationKind.OneToOne
                ? (EnglishNames.Camel(model), "?")
                : (EnglishNames.Plural(EnglishNames.Camel(model)), "[]");
            var named = NameArgument(relation) is { } argument ? $"@relation({argument})" : "";
            AddField(relation.To, $"{Free(relation.To, name)} {model}{arity} {named} {(relation.From.IsIgnored ? "@ignore" : "")}");
        }
    }

    private void AddForwardField(RelationBinding relation)
    {
        if (relation.Forward is null)
        {
            var model = relation.To.Name;
            var arity = ReferencingFields(relation).Exists(f => f.Arity is FieldArity.Optional) ? "?" : "";
            var named = NameArgument(relation) is { } argument ? $"{argument}, " : "";
            AddField(relation.From, $"{Free(relation.From, EnglishNames.Camel(model))} {model}{arity} @relation({named}{Arguments(relation)})");
        }
    }

    private void AddReferencingFields(RelationBinding relation)
    {
        if (relation.Fields is not null)
        {
            return;
        }

        foreach (var field in ReferencingFields(relation).Where(f => !relation.From.ScalarFields.Any(s => s.Name == f.Name)))
        {
            if (field.Model.Scalar is not { } scalar)
            {
                return;
            }

            var native = field.Model.Syntax.Attributes.FirstOrDefault(a => a.Name.Name.Contains('.', StringComparison.Ordinal));
            var attribute = native is null ? "" : field.Model.Entity.Source.Slice(native.Span);
            AddField(relation.From, $"{field.Name} {scalar}{Mark(field.Arity)} {attribute}");
        }
    }

    private void AddAttribute(RelationBinding relation)
    {
        if (relation.Forward is { Attribute: null } forward)
        {
            var text = forward.Entity.Source.Text;
            var position = forward.Syntax.Type.Span.End;
            while (text[position] is '[' or ']' or '?')
            {
                position++;
            }

            Add(forward.Entity.Source, position, $" @relation({Arguments(relation)})");
        }
    }

    private void AddArguments(RelationBinding relation)
    {
        if (relation.Forward?.Attribute is not { } written)
        {
            return;
        }

        var extra = new List<string>(2);
        if (written.Fields is null)
        {
            extra.Add(FieldsArgument(relation));
        }

        if (written.References is null)
        {
            extra.Add(ReferencesArgument(relation));
        }

        if (extra.Count > 0)
        {
            var text = string.Join(", ", extra);
            var attribute = written.Attribute;
            var (position, content) = attribute switch
            {
                { HasParentheses: false } => (attribute.Span.End, $"({text})"),
                { Arguments.IsEmpty: true } => (attribute.Span.End - 1, text),
                _ => (attribute.Span.End - 1, $", {text}"),
            };
            Add(relation.From.Source, position, content);
        }
    }

    private static string Arguments(RelationBinding relation) => $"{FieldsArgument(relation)}, {ReferencesArgument(relation)}";

    private static string FieldsArgument(RelationBinding relation) =>
        $"fields: [{string.Join(", ", ReferencingFields(relation).Select(f => f.Name))}]";

    private static string ReferencesArgument(RelationBinding relation)
    {
        var fields = relation.References ?? UniqueCriteria(relation.To)
            .FirstOrDefault(c => c.All(f => f.Arity is FieldArity.Required && f.Type is not FieldType.Unsupported)) ?? [];
        return $"references: [{string.Join(", ", fields.Select(f => f.Name))}]";
    }

    /// <summary>The fields that would hold the reference, one for each of the first key of the model referred to.</summary>
    private static List<(string Name, FieldArity Arity, ScalarFieldBinding Model)> ReferencingFields(RelationBinding relation) =>
        [.. (UniqueCriteria(relation.To).FirstOrDefault() ?? []).Select(key =>
        {
            var name = EnglishNames.WithFirst(relation.To.Name, char.ToLowerInvariant)
                + EnglishNames.WithFirst(key.Name, char.ToUpperInvariant);
            var existing = relation.From.ScalarFields.FirstOrDefault(f => f.Name == name);
            return (name, existing?.Arity ?? relation.Forward?.Arity ?? FieldArity.Optional, key);
        })];

    private static IEnumerable<IReadOnlyList<ScalarFieldBinding>> UniqueCriteria(EntityBinding entity)
    {
        if (entity.PrimaryKey is { } key)
        {
            yield return [.. key.Fields.Select(f => f.Field)];
        }

        foreach (var index in entity.Indexes.Where(i => i.IsUnique))
        {
            yield return [.. index.Fields.Select(f => f.Field)];
        }
    }

    private static string Mark(FieldArity arity) => arity switch
    {
        FieldArity.Optional => "?",
        FieldArity.List => "[]",
        _ => "",
    };

    // Prisma leaves the name out. Then the two sides do not meet, and its next run adds the same fields again.
    private static string? NameArgument(RelationBinding relation) => relation.ExplicitName is { } name
        ? $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
        : null;

    private string Free(EntityBinding entity, string name)
    {
        var free = name;
        for (var number = 2; !addedFields.Add((entity, free)); number++)
        {
            free = $"{name}{number}";
        }

        return free;
    }

    /// <summary>A line before the closing brace.</summary>
    private void AddField(EntityBinding entity, string line) => Add(entity.Source, entity.Syntax.Span.End - 1, $"{line}\n");

    private void Add(SourceText source, int position, string text)
    {
        if (!additions.TryGetValue(source, out var list))
        {
            additions.Add(source, list = []);
        }

        list.Add((position, text));
    }

    private SourceText Apply(SourceText source)
    {
        if (!additions.TryGetValue(source, out var list))
        {
            return source;
        }

        var text = new StringBuilder(source.Text.Length + (64 * list.Count));
        var copied = 0;
        foreach (var (position, addition) in list.OrderBy(a => a.Position))
        {
            text.Append(source.Text, copied, position - copied).Append(addition);
            copied = position;
        }

        return new SourceText(source.Path, text.Append(source.Text, copied, source.Text.Length - copied).ToString());
    }
}
