using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Fields;

/// <summary>Whether the text of a literal default can be read as its type.</summary>
internal static class DefaultRules
{
    private static readonly JsonDocumentOptions Json = new() { MaxDepth = 127 };

    public static void CheckFunction(ScalarFieldBinding field)
    {
        if (field is { Scalar: not null, DefaultSyntax: FunctionSyntax function } && !DefaultFunctions.IsKnown(function.Name.Name))
        {
            field.Report(function.Span, DefaultMistakes.UnknownFunction(function.Name.Name));
        }
    }

    public static void Check(ScalarFieldBinding field)
    {
        if (field.DefaultSyntax is not { } value)
        {
            return;
        }

        if (field.HasNamedDefault)
        {
            field.Report(field.DefaultAttribute!.Span, DefaultMistakes.NamedDefault());
        }

        if (value is FunctionSyntax { Name.Name: "auto" })
        {
            field.Report(value.Span, DefaultMistakes.Auto());
        }

        if (field.Scalar is { } kind)
        {
            Check(field, kind, value);
        }
    }

    private static void Check(ScalarFieldBinding field, ScalarKind kind, ExpressionSyntax value)
    {
        if (value is ArraySyntax array)
        {
            foreach (var item in array.Items)
            {
                Check(field, kind, item);
            }

            return;
        }

        var (text, why) = (kind, value) switch
        {
            (ScalarKind.Json, StringSyntax s) => (s.Value, WhyNotJson(s.Value)),
            (ScalarKind.Bytes, StringSyntax s) => (s.Value, IsBase64(s.Value) ? null : "this is not base64"),
            (ScalarKind.DateTime, StringSyntax s) => (s.Value, DateTimeText.IsValid(s.Value) ? null : "this is not an RFC 3339 date and time"),
            (ScalarKind.Int or ScalarKind.BigInt, NumberSyntax n) => (n.Text, IsInteger(n.Text) ? null : "this is not a whole number of 64 bits"),
            (ScalarKind.Decimal, StringSyntax s) => (s.Value, IsDecimal(s.Value) ? null : "this is not a decimal number"),
            _ => ("", null),
        };
        if (why is not null)
        {
            field.Report(value.Span, DefaultMistakes.Unreadable(kind.ToString(), text, why));
        }
    }

    private static string? WhyNotJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Json);
            return null;
        }
        catch (JsonException e)
        {
            return $"this is not JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})";
        }
    }

    // .NET's own check lets white space pass, which PostgreSQL's hex form of the bytes would not show.
    private static bool IsBase64(string text) => Base64.IsValid(text) && !text.Any(char.IsWhiteSpace);

    private static bool IsInteger(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private static bool IsDecimal(string text)
    {
        var digits = text.AsSpan();
        var exponent = digits.IndexOfAny('e', 'E');
        if (exponent >= 0)
        {
            if (!int.TryParse(digits[(exponent + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            {
                return false;
            }

            digits = digits[..exponent];
        }

        if (digits is ['+' or '-', ..])
        {
            digits = digits[1..];
        }

        var point = digits.IndexOf('.');
        return point < 0
            ? digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9')
            : digits.Length > 1
                && !digits[..point].ContainsAnyExceptInRange('0', '9')
                && !digits[(point + 1)..].ContainsAnyExceptInRange('0', '9');
    }
}
