using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Fields;

/// <summary>Reads `@db.X` and gives every scalar field its type in the database.</summary>
internal static class NativeTypeAttribute
{
    public static void Read(ScalarFieldBinding field, AttributeSet attributes)
    {
        if (field.Scalar is not { } scalar)
        {
            return;
        }

        field.NativeType = NativeTypes.Default(scalar);
        field.NativeAttribute = Last(attributes, field.Report);
        if (field.NativeAttribute is { } attribute && NativeTypes.TryFind(NameOf(attribute), out var kind))
        {
            // What does not fit is told by the rules at the end; until then the default stands in.
            field.NativeType = NativeTypes.Parse(kind, Arguments(field.Entity.Source, attribute)) ?? field.NativeType;
            field.HasNativeAttribute = true;
        }
    }

    public static AttributeSyntax? Last(AttributeSet attributes, Action<TextSpan, Mistake> report)
    {
        AttributeSyntax? last = null;
        foreach (var attribute in attributes.Scoped())
        {
            if (last is not null)
            {
                report(attribute.Span, NativeTypeMistakes.Repeated(PrefixOf(attribute)));
            }

            last = attribute;
        }

        return last;
    }

    /// <summary>Checks the attribute against the field's type and the datasource's name.</summary>
    public static void Check(ScalarFieldBinding field)
    {
        if (field.NativeAttribute is not { } attribute || field.Scalar is not { } scalar)
        {
            return;
        }

        if (field.Entity.Schema.Datasource is not { } datasource)
        {
            field.Report(attribute.Span, NativeTypeMistakes.NeedsDatasource(attribute.Name.Name));
            return;
        }

        var name = NameOf(attribute);
        if (PrefixOf(attribute) != datasource.Name)
        {
            field.Report(attribute.Span, NativeTypeMistakes.WrongPrefix(PrefixOf(attribute), datasource.Name, name));
        }

        if (!NativeTypes.TryFind(name, out var kind))
        {
            field.Report(attribute.Span, NativeTypeMistakes.Unknown(name, NativeTypes.Similar(name)));
        }
        else if (CheckArguments(kind, scalar, Arguments(field.Entity.Source, attribute)) is { } mistake)
        {
            field.Report(attribute.Span, mistake);
        }
    }

    private static Mistake? CheckArguments(NativeKind kind, ScalarKind scalar, string[] arguments)
    {
        if (arguments.Length > NativeTypes.Arguments(kind))
        {
            return NativeTypeMistakes.TooMany(kind.ToString(), NativeTypes.Takes(kind), arguments.Length);
        }

        if (NativeTypes.Scalar(kind) != scalar)
        {
            return NativeTypeMistakes.WrongScalar(kind.ToString(), scalar.ToString(), NativeTypes.Scalar(kind).ToString());
        }

        return NativeTypes.Parse(kind, arguments) is { } type
            ? NativeTypes.CheckRange(type)
            : NativeTypeMistakes.NotNumbers(kind.ToString(), NativeTypes.Takes(kind), string.Join(", ", arguments));
    }

    private static string[] Arguments(SourceText source, AttributeSyntax attribute) => attribute.Arguments.IsEmpty
        ? []
        : [.. attribute.Arguments.Select(a => a.Value is null ? "" : source.Slice(a.Value.Span))];

    private static string NameOf(AttributeSyntax attribute) => attribute.Name.Name[(attribute.Name.Name.IndexOf('.') + 1)..];

    private static string PrefixOf(AttributeSyntax attribute) => attribute.Name.Name[..attribute.Name.Name.IndexOf('.')];
}
