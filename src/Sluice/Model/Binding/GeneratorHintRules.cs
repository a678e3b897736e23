using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Binding;

/// <summary>Hints to `sluice generate` that stand where they mean nothing, or name what is not there.</summary>
internal static class GeneratorHintRules
{
    public static void Check(SchemaBinding schema)
    {
        foreach (var entity in schema.Entities)
        {
            foreach (var (hint, argument) in GeneratorHints.In(entity.Syntax.Documentation))
            {
                if (OnModel(entity, hint, argument) is { } mistake)
                {
                    entity.Report(entity.Syntax.Name.Span, mistake);
                }
            }

            foreach (var field in entity.Fields)
            {
                foreach (var (hint, argument) in GeneratorHints.In(field.Syntax.Documentation))
                {
                    if (OnField(field, hint, argument) is { } mistake)
                    {
                        field.Report(field.Syntax.Name.Span, mistake);
                    }
                }
            }
        }
    }

    private static Mistake? OnModel(EntityBinding entity, string hint, string? argument)
    {
        switch (hint)
        {
            case "clr":
                return GeneratorHintMistakes.Clr(entity.Name, "stands on no field");
            case "rowVersion":
                return entity.IsView ? GeneratorHintMistakes.RowVersion(entity.Name, "stands on a view, whose rows have no version")
                    : argument is not "" ? GeneratorHintMistakes.RowVersion(entity.Name, "has something in brackets")
                    : null;
        }

        if (entity.IsView)
        {
            return GeneratorHintMistakes.SoftDelete(entity.Name, "stands on a view, from which nothing is deleted");
        }

        if (argument is null)
        {
            return GeneratorHintMistakes.SoftDelete(entity.Name, "cannot be read");
        }

        var name = argument.Length == 0 ? "deletedAt" : argument;
        return entity.FieldsByName.GetValueOrDefault(name) switch
        {
            ScalarFieldBinding { Type: FieldType.Scalar { Kind: ScalarKind.DateTime }, Arity: FieldArity.Optional, IsIgnored: false } => null,
            null => GeneratorHintMistakes.SoftDelete(entity.Name, $"names the field `{name}`, which the model has not"),
            _ => GeneratorHintMistakes.SoftDelete(entity.Name, $"names the field `{name}`, which is not an optional DateTime"),
        };
    }

    private static Mistake? OnField(FieldBinding field, string hint, string? argument) => hint switch
    {
        "softDelete" => GeneratorHintMistakes.SoftDelete(field.Name, "stands on a field"),
        "rowVersion" => GeneratorHintMistakes.RowVersion(field.Name, "stands on a field"),
        _ when field is not ScalarFieldBinding { Type: FieldType.Scalar { Kind: ScalarKind.Json } } => GeneratorHintMistakes.Clr(field.Name, "stands on a field that is no Json"),
        _ when argument is null || !GeneratorHints.IsType(argument) => GeneratorHintMistakes.Clr(field.Name, "names no C# type"),
        _ => null,
    };
}
