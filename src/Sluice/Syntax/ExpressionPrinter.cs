using System.Diagnostics;
using System.Text;
using Sluice.Text;

namespace Sluice.Syntax;

/// <summary>Attributes and expressions in their one formatted form; literals stay as they were written.</summary>
internal sealed class ExpressionPrinter(SourceText source)
{
    /// <summary>With one at sign.</summary>
    public string Attribute(AttributeSyntax attribute)
    {
        var text = new StringBuilder("@").Append(attribute.Name.Name);
        if (attribute.HasParentheses)
        {
            Print(attribute.Arguments, text);
        }

        return text.ToString();
    }

    public string Expression(ExpressionSyntax expression)
    {
        var text = new StringBuilder();
        Print(expression, text);
        return text.ToString();
    }

    private void Print(IEnumerable<ArgumentSyntax> arguments, StringBuilder text)
    {
        text.Append('(');
        var separator = "";
        foreach (var argument in arguments)
        {
            text.Append(separator);
            separator = ", ";
            if (argument.Name is { } name)
            {
                text.Append(name.Name).Append(": ");
            }

            if (argument.Value is { } value)
            {
                Print(value, text);
            }
        }

        text.Append(')');
    }

    private void Print(ExpressionSyntax expression, StringBuilder text)
    {
        switch (expression)
        {
            case FunctionSyntax function:
                text.Append(function.Name.Name);
                Print(function.Arguments, text);
                break;
            case ArraySyntax array:
                text.Append('[');
                Print(array.Items, text);
                text.Append(']');
                break;
            case ObjectSyntax obj:
                text.Append("{ ");
                Print(obj.Members, text);
                text.Append(" }");
                break;
            case StringSyntax or NumberSyntax or ConstantSyntax:
                text.Append(source.Text, expression.Span.Start, expression.Span.Length);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Print(IEnumerable<ExpressionSyntax> items, StringBuilder text)
    {
        var separator = "";
        foreach (var item in items)
        {
            text.Append(separator);
            separator = ", ";
            Print(item, text);
        }
    }

    private void Print(IEnumerable<ObjectMemberSyntax> members, StringBuilder text)
    {
        var separator = "";
        foreach (var member in members)
        {
            text.Append(separator).Append(member.Name.Name).Append(": ");
            separator = ", ";
            Print(member.Value, text);
        }
    }
}
