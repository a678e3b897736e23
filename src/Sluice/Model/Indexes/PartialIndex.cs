using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Indexes;

/// <summary>Reads the `where` of partial indexes (dialect 7.x) into SQL: `raw("…")`, or `{ field: value, … }`.</summary>
internal static class PartialIndex
{
    /// <summary>Null when absent or, reported, wrong.</summary>
    public static string? Read(EntityBinding entity, AttributeReader reader)
    {
        switch (reader.Optional("where"))
        {
            case null:
                return null;
            case FunctionSyntax { Name.Name: "raw", Arguments: [{ Value: StringSyntax { Value: not "" } sql }, ..] }:
                return sql.Value;
            case ObjectSyntax { Members.Length: > 0 } conditions:
                return Conditions(entity, reader, conditions);
            case { } other:
                reader.Report(other.Span, IndexMistakes.PredicateKind(reader.Source.Slice(other.Span)));
                return null;
        }
    }

    private static string? Conditions(EntityBinding entity, AttributeReader reader, ObjectSyntax conditions)
    {
        var parts = new List<string>(conditions.Members.Length);
        foreach (var member in conditions.Members)
        {
            if (Condition(entity, reader, member) is not { } part)
            {
                return null;
            }

            parts.Add(part);
        }

        return string.Join(" AND ", parts);
    }

    private static string? Condition(EntityBinding entity, AttributeReader reader, ObjectMemberSyntax member)
    {
        if (entity.FieldsByName.GetValueOrDefault(member.Name.Name) is not ScalarFieldBinding field)
        {
            reader.Report(member.Name.Span, IndexMistakes.PredicateField(entity, member.Name.Name));
            return null;
        }

        var (value, negated) = member.Value is ObjectSyntax { Members: [{ Name.Name: "not" } not] }
            ? (not.Value, true)
            : (member.Value, false);
        if (Literal(field, value) is not { } literal)
        {
            reader.Report(value.Span, IndexMistakes.PredicateValue(field.Name, reader.Source.Slice(value.Span)));
            return null;
        }

        var column = $"\"{field.ColumnName.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        return (literal, negated) switch
        {
            ("null", false) => $"{column} IS NULL",
            ("null", true) => $"{column} IS NOT NULL",
            (_, false) => $"{column} = {literal}",
            (_, true) => $"{column} != {literal}",
        };
    }

    /// <summary>The value as SQL; null when the field's type does not take it.</summary>
    private static string? Literal(ScalarFieldBinding field, ExpressionSyntax value) => value switch
    {
        ConstantSyntax { Text: "null" } => "null",
        ConstantSyntax { Text: "true" or "false" } constant when field.Scalar is ScalarKind.Boolean => constant.Text,
        StringSyntax text when field.Type is FieldType.Enum || field.Scalar is ScalarKind.String or ScalarKind.DateTime =>
            $"'{text.Value.Replace("'", "''", StringComparison.Ordinal)}'",
        NumberSyntax number
            when field.Scalar is ScalarKind.Int or ScalarKind.BigInt or ScalarKind.Float or ScalarKind.Decimal => number.Text,
        _ => null,
    };
}
