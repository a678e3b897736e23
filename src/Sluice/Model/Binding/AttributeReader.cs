using Sluice.Model.Mistakes;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Binding;

/// <summary>
/// The arguments of one attribute. Each is asked for by name; <see cref="Finish"/> reports those that nobody asked for.
/// </summary>
internal sealed class AttributeReader
{
    // Never added to: most attributes have no argument, and there is one for every second field.
    private static readonly List<ArgumentSyntax> NoArguments = [];

    private readonly Findings findings;
    private readonly string at;
    private readonly List<ArgumentSyntax> unread;

    private AttributeReader(Findings findings, SourceText source, AttributeSyntax syntax, string at)
    {
        this.findings = findings;
        this.at = at;
        Source = source;
        Syntax = syntax;
        unread = syntax.Arguments.IsEmpty ? NoArguments : new List<ArgumentSyntax>(syntax.Arguments.Length);
    }

    public SourceText Source { get; }

    public AttributeSyntax Syntax { get; }

    /// <summary>With its at signs, for messages.</summary>
    public string Name => at + Syntax.Name.Name;

    /// <summary>Null when an argument without a value makes the attribute unreadable (reported).</summary>
    public static AttributeReader? Open(Findings findings, SourceText source, AttributeSyntax syntax, string at)
    {
        var reader = new AttributeReader(findings, source, syntax, at);
        return reader.Collect() ? reader : null;
    }

    /// <summary>The argument that may be written without its name; null (and reported) when missing.</summary>
    public ExpressionSyntax? Default(string name)
    {
        var named = Take(name);
        var unnamed = Take(null);
        if (named is not null && unnamed is not null)
        {
            Report(named.Span, AttributeMistakes.DefaultArgumentTwice(Name, name));
            return null;
        }

        if ((named ?? unnamed) is { } argument)
        {
            return argument.Value;
        }

        Report(AttributeMistakes.ArgumentMissing(Name, name));
        return null;
    }

    /// <summary>Whether <see cref="Default"/> would find an argument.</summary>
    public bool HasDefault(string name) => unread.Exists(a => a.Name is null || a.Name.Name == name);

    /// <summary>The argument without a name, null when there is none.</summary>
    public ExpressionSyntax? Unnamed() => Take(null)?.Value;

    public ExpressionSyntax? Optional(string name) => Take(name)?.Value;

    /// <summary>An optional argument that must be a string; null when absent or, reported, of another kind.</summary>
    public string? OptionalString(string name) => Optional(name) is { } value ? AsString(value) : null;

    public string? AsString(ExpressionSyntax value) =>
        value is StringSyntax text ? text.Value : Mismatch<string>(value, "a string");

    public string? AsConstant(ExpressionSyntax value) =>
        value is ConstantSyntax constant ? constant.Text : Mismatch<string>(value, "a bare word");

    /// <summary>A list of bare words; a single one stands for a list of one. Null when any item is of another kind.</summary>
    public IReadOnlyList<ConstantSyntax>? AsConstants(ExpressionSyntax value)
    {
        var constants = new List<ConstantSyntax>();
        var valid = true;
        foreach (var item in value is ArraySyntax array ? array.Items : [value])
        {
            if (item is ConstantSyntax constant)
            {
                constants.Add(constant);
            }
            else
            {
                valid = false;
                Mismatch<string>(item, "a bare word");
            }
        }

        return valid ? constants : null;
    }

    /// <summary>Reports on the whole attribute.</summary>
    public void Report(Mistake mistake) => Report(Syntax.Span, mistake);

    public void Report(TextSpan span, Mistake mistake) => findings.Add(Source, span, mistake);

    public T? Mismatch<T>(ExpressionSyntax value, string expected)
        where T : class
    {
        Report(value.Span, AttributeMistakes.WrongKind(Name, expected, Source.Slice(value.Span)));
        return null;
    }

    /// <summary>Reports every argument that was not asked for.</summary>
    public void Finish()
    {
        foreach (var argument in unread)
        {
            Report(argument.Span, AttributeMistakes.ArgumentUnknown(Name, argument.Name?.Name ?? Source.Slice(argument.Span)));
        }
    }

    private ArgumentSyntax? Take(string? name)
    {
        var index = IndexOf(name);
        if (index < 0)
        {
            return null;
        }

        var argument = unread[index];
        unread.RemoveAt(index);
        return argument;
    }

    private int IndexOf(string? name)
    {
        for (var i = 0; i < unread.Count; i++)
        {
            if (unread[i].Name?.Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    private static bool LacksValue(ArgumentSyntax argument) =>
        argument.Value is null || (argument.Value is FunctionSyntax function && function.Arguments.Any(i => i.Value is null));

    private bool Collect()
    {
        if (Syntax.Arguments.Any(LacksValue))
        {
            return false;
        }

        var severalUnnamed = false;
        foreach (var argument in Syntax.Arguments)
        {
            var earlier = IndexOf(argument.Name?.Name);
            if (earlier < 0)
            {
                unread.Add(argument);
                continue;
            }

            unread[earlier] = argument;
            severalUnnamed |= argument.Name is null;
            if (argument.Name is { } name)
            {
                Report(argument.Span, AttributeMistakes.ArgumentTwice(Name, name.Name));
            }
        }

        if (severalUnnamed)
        {
            var values = Syntax.Arguments.Where(a => a.Name is null).Select(a => Source.Slice(a.Span));
            Report(AttributeMistakes.SeveralUnnamed(Name, string.Join(", ", values)));
        }

        return true;
    }
}
