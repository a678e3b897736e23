using System.Globalization;
using Sluice.Model.Binding;
using Sluice.Syntax;

namespace Sluice.Model.Fields;

/// <summary>Reads `@db.X` and gives every scalar field its type in the database.</summary>
internal static class NativeTypeAttribute
{
    public static void Read(ScalarFieldBinding field, AttributeSet attributes)
    {
        field.NativeType = field.Scalar is { } scalar ? Default(scalar) : null;
        foreach (var attribute in attributes.Scoped())
        {
            var name = attribute.Name.Name;
            if (Enum.TryParse<NativeKind>(name.AsSpan(name.IndexOf('.') + 1), out var kind))
            {
                var numbers = attribute.Arguments.Select(a => a.Value).OfType<NumberSyntax>()
                    .Select(n => int.Parse(n.Text, CultureInfo.InvariantCulture)).ToArray();
                field.NativeType = new NativeType(
                    kind,
                    numbers.Length > 0 ? numbers[0] : null,
                    numbers.Length > 1 ? numbers[1] : null);
                field.HasNativeAttribute = true;
                field.NativeAttributeSpan = attribute.Span;
            }
        }
    }

    public static NativeType Default(ScalarKind scalar) => scalar switch
    {
        ScalarKind.String => new NativeType(NativeKind.Text),
        ScalarKind.Boolean => new NativeType(NativeKind.Boolean),
        ScalarKind.Int => new NativeType(NativeKind.Integer),
        ScalarKind.BigInt => new NativeType(NativeKind.BigInt),
        ScalarKind.Float => new NativeType(NativeKind.DoublePrecision),
        ScalarKind.Decimal => new NativeType(NativeKind.Decimal, 65, 30),
        ScalarKind.DateTime => new NativeType(NativeKind.Timestamp, 3),
        ScalarKind.Json => new NativeType(NativeKind.JsonB),
        ScalarKind.Bytes => new NativeType(NativeKind.ByteA),
        _ => throw new System.Diagnostics.UnreachableException($"No type for {scalar}."),
    };
}
