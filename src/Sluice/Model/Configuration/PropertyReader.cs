using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Configuration;

/// <summary>The properties of one block. Each is asked for by name; <see cref="Rest"/> are those that nobody asked for.</summary>
internal sealed class PropertyReader
{
    private readonly Findings findings;
    private readonly SourceText source;
    private readonly Dictionary<string, (PropertySyntax Property, ExpressionSyntax Value)> unread = new(StringComparer.Ordinal);

    private PropertyReader(Findings findings, SourceText source)
    {
        this.findings = findings;
        this.source = source;
    }

    public IEnumerable<PropertySyntax> Rest => unread.Values.Select(v => v.Property);

    /// <summary>Null when a property has no value (reported).</summary>
    public static PropertyReader? Open(Findings findings, SourceText source, ConfigSyntax block, string kind)
    {
        var reader = new PropertyReader(findings, source);
        foreach (var property in block.Properties)
        {
            if (property.Value is not { } value)
            {
                findings.Add(source, block.Span, ConfigurationMistakes.ValueMissing(kind, block.Name.Name, property.Name.Name));
                return null;
            }

            reader.unread[property.Name.Name] = (property, value);
        }

        return reader;
    }

    public ExpressionSyntax? Take(string name) => unread.Remove(name, out var found) ? found.Value : null;

    public PropertySyntax? TakeProperty(string name) => unread.Remove(name, out var found) ? found.Property : null;

    public void Report(TextSpan span, Mistake mistake) => findings.Add(source, span, mistake);

    public string Text(ExpressionSyntax value) => source.Slice(value.Span);

    public string? AsString(ExpressionSyntax value)
    {
        if (value is StringSyntax text)
        {
            return text.Value;
        }

        Report(value.Span, ConfigurationMistakes.NotString(Text(value)));
        return null;
    }

    /// <summary>A string or `env("…")`.</summary>
    public ConfigValue? AsValue(ExpressionSyntax value)
    {
        switch (value)
        {
            case StringSyntax text:
                return new ConfigValue(text.Value, null);
            case FunctionSyntax { Name.Name: "env" } function:
                return AsVariable(function);
            default:
                Report(value.Span, ConfigurationMistakes.NotStringOrVariable(Text(value)));
                return null;
        }
    }

    public ConfigValue? AsVariable(FunctionSyntax function)
    {
        foreach (var named in function.Arguments.Where(a => a is { Name: not null, Value: not null }))
        {
            Report(named.Span, ConfigurationMistakes.VariableArgumentNamed());
        }

        if (function.Arguments is not [{ Value: { } argument }])
        {
            Report(function.Span, ConfigurationMistakes.VariableArguments());
            return null;
        }

        return AsString(argument) is { } name ? new ConfigValue(null, name) : null;
    }

    /// <summary>The items of a list; a single value stands for a list of one. Null when any of them is refused.</summary>
    public static List<T>? AsList<T>(ExpressionSyntax value, Func<ExpressionSyntax, T?> read)
        where T : class
    {
        var items = new List<T>();
        var valid = true;
        foreach (var item in value is ArraySyntax array ? array.Items : [value])
        {
            if (read(item) is { } result)
            {
                items.Add(result);
            }
            else
            {
                valid = false;
            }
        }

        return valid ? items : null;
    }
}
