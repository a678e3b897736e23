using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Fields;

/// <summary>Reads `@default` and checks that its value can belong to the field's type; <see cref="DefaultRules"/> reads the literals.</summary>
internal static class DefaultAttribute
{
    public static void Read(ScalarFieldBinding field, AttributeSet attributes)
    {
        if (attributes.Single("default") is not { } reader)
        {
            return;
        }

        field.DefaultAttribute = reader.Syntax;
        if (reader.Default("value") is { } value)
        {
            field.HasNamedDefault = ReadMap(reader) is not null;
            if (Accepts(field, reader, value))
            {
                field.DefaultSyntax = value;
                field.Default = DefaultValues.Convert(field.Type, value);
            }
        }

        reader.Finish();
    }

    /// <summary>The same on a field of a composite type, where less is allowed.</summary>
    public static void Read(CompositeFieldBinding field, AttributeSet attributes)
    {
        if (attributes.Single("default") is not { } reader)
        {
            return;
        }

        if (reader.Default("value") is { } value)
        {
            if (reader.Optional("map") is not null)
            {
                reader.Report(DefaultMistakes.NamedDefault());
            }

            CheckInComposite(field, reader, value);
        }

        reader.Finish();
    }

    private static string? ReadMap(AttributeReader reader)
    {
        var name = reader.OptionalString("map");
        if (name is not "")
        {
            return name;
        }

        reader.Report(DefaultMistakes.EmptyMap());
        return null;
    }

    private static bool Accepts(ScalarFieldBinding field, AttributeReader reader, ExpressionSyntax value)
    {
        if (value is FunctionSyntax { Name.Name: "dbgenerated" } generated)
        {
            return DefaultFunctions.AcceptsDbGenerated(reader, generated);
        }

        switch (field.Type)
        {
            case FieldType.Enum { Name: var name }:
                return DefaultLiterals.AcceptsEnum(reader, field.Entity.Schema.EnumsByName[name], field.Arity, value);
            case FieldType.Unsupported:
                reader.Report(field.Composite is { } composite
                    ? DefaultMistakes.InComposite(composite.Name, reader.Source.Slice(value.Span))
                    : DefaultMistakes.OnUnsupported(field.Name));
                return false;
            case FieldType.Scalar { Kind: var kind }:
                return value is FunctionSyntax function
                    ? DefaultFunctions.Accepts(reader, kind, function, field.HasNamedDefault)
                    : DefaultLiterals.Accepts(reader, kind, field.Name, field.Arity, value);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void CheckInComposite(CompositeFieldBinding field, AttributeReader reader, ExpressionSyntax value)
    {
        var found = reader.Source.Slice(value.Span);
        var function = value as FunctionSyntax;
        switch (field.Type)
        {
            case FieldType.Enum { Name: var name } when function?.Name.Name != "dbgenerated":
                DefaultLiterals.AcceptsEnum(reader, field.Owner.Schema.EnumsByName[name], field.Syntax.Type.Arity, value);
                break;
            case FieldType.Scalar { Kind: var kind } when function is null:
                DefaultLiterals.Accepts(reader, kind, field.Syntax.Name.Name, field.Syntax.Type.Arity, value);
                break;
            case FieldType.Scalar when !DefaultFunctions.IsKnown(function!.Name.Name):
                reader.Report(function.Span, DefaultMistakes.UnknownFunction(function.Name.Name));
                break;
            case FieldType.Scalar { Kind: var kind } when function!.Name.Name is not ("dbgenerated" or "autoincrement" or "auto"):
                DefaultFunctions.Accepts(reader, kind, function, false);
                break;
            default:
                reader.Report(DefaultMistakes.InComposite(field.Owner.Name, found));
                break;
        }
    }
}
