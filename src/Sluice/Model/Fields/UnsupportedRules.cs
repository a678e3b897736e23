using System.Text.RegularExpressions;
using Sluice.Model.Binding;
using Sluice.Model.Mistakes;

namespace Sluice.Model.Fields;

/// <summary>`Unsupported("…")` is for types that have no name here; those that have one must be written with it.</summary>
internal static partial class UnsupportedRules
{
    public static void Check(ScalarFieldBinding field)
    {
        if (field is not { Type: FieldType.Unsupported { Text: var text }, Composite: null }
            || field.Entity.Schema.Datasource is not { } datasource
            || Parse(text) is not { } type)
        {
            return;
        }

        field.Report(field.Syntax.Span, NativeTypeMistakes.Supported(
            text, NativeTypes.Scalar(type.Kind).ToString(), $"@{datasource.Name}.{NativeTypes.Write(type)}"));
    }

    private static NativeType? Parse(string text)
    {
        var match = Shape().Match(text);
        if (!match.Success || !NativeTypes.TryFind(match.Groups["name"].Value.Trim(), out var kind))
        {
            return null;
        }

        var arguments = match.Groups["arguments"];
        return NativeTypes.Parse(kind, arguments.Success ? arguments.Value.Split(',', StringSplitOptions.TrimEntries) : []);
    }

    [GeneratedRegex(@"^(?<name>[^(]+)(?:\((?<arguments>.*?)\))?(?:.+)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
