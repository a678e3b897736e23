using System.Collections.Immutable;

namespace Sluice.Syntax;

internal sealed partial class Grammar
{
    /// <summary>Deeper nesting than any schema needs is refused before the stack is.</summary>
    private const int DepthLimit = 100;

    private int deepest = -1;

    private ExpressionSyntax? Expression(int depth)
    {
        if (depth > DepthLimit)
        {
            deepest = scanner.Position;
            return null;
        }

        if (scanner.Current == '[')
        {
            return Array(depth);
        }

        if (scanner.Current == '{')
        {
            return Object(depth);
        }

        if (scanner.Current == '"')
        {
            return scanner.TakeString() is { } literal ? new StringSyntax(literal, StringLiteral.Value(scanner.Text, literal)) : null;
        }

        var start = scanner.Position;
        var path = scanner.TakePath();
        var afterPath = scanner.Position;
        if (path is not null && Arguments(depth) is { } arguments)
        {
            return new FunctionSyntax(From(start), path, arguments);
        }

        // A number is a name as well (names may begin with a digit), so it is tried after the call and before the name.
        scanner.Position = start;
        if (scanner.TakeNumber() is { } number)
        {
            return new NumberSyntax(number, scanner.Text.Substring(number.Start, number.Length));
        }

        scanner.Position = afterPath;
        return path is null ? null : new ConstantSyntax(path.Span, path.Name);
    }

    /// <summary>`(a, name: b, …)`, blanks before it included; null, and nothing taken, where there is none.</summary>
    private ImmutableArray<ArgumentSyntax>? Arguments(int depth)
    {
        var start = scanner.Position;
        if (!TakeSign("("))
        {
            scanner.Position = start;
            return null;
        }

        var arguments = ImmutableArray.CreateBuilder<ArgumentSyntax>();
        scanner.SkipBlanks();
        while (Argument(depth) is { } argument)
        {
            arguments.Add(argument);
            if (!TakeSign(","))
            {
                break;
            }

            scanner.SkipBlanks();
        }

        // `(,)` has a trailing comma and no argument.
        if (arguments.Count == 0)
        {
            TakeSign(",");
        }

        if (TakeSign(")"))
        {
            return arguments.ToImmutable();
        }

        scanner.Position = start;
        return null;
    }

    private ArgumentSyntax? Argument(int depth)
    {
        var start = scanner.Position;
        if (scanner.TakeIdentifier() is { } name && TakeSign(":"))
        {
            var afterColon = scanner.Position;
            scanner.SkipBlanks();
            var value = Expression(depth + 1);
            scanner.Position = value is null ? afterColon : scanner.Position;
            return new ArgumentSyntax(From(start), name, value);
        }

        scanner.Position = start;
        return Expression(depth + 1) is { } unnamed ? new ArgumentSyntax(unnamed.Span, null, unnamed) : null;
    }

    private ArraySyntax? Array(int depth)
    {
        var start = scanner.Position;
        var items = ImmutableArray.CreateBuilder<ExpressionSyntax>();
        scanner.Take("[");
        scanner.SkipBlanks();
        for (var item = Expression(depth + 1); item is not null; item = Expression(depth + 1))
        {
            items.Add(item);
            if (!TakeSign(","))
            {
                return CloseArray();
            }

            scanner.SkipBlanks();
        }

        // Here only an empty list is right: a comma must be followed by a value.
        return items.Count == 0 ? CloseArray() : Abandon();

        ArraySyntax? CloseArray() => TakeSign("]") ? new ArraySyntax(From(start), items.ToImmutable()) : Abandon();

        ArraySyntax? Abandon()
        {
            scanner.Position = start;
            return null;
        }
    }

    private ObjectSyntax? Object(int depth)
    {
        var start = scanner.Position;
        var members = ImmutableArray.CreateBuilder<ObjectMemberSyntax>();
        scanner.Take("{");
        scanner.SkipBlanks();
        for (var member = Member(depth); member is not null; member = Member(depth))
        {
            members.Add(member);
            if (!TakeSign(","))
            {
                return CloseObject();
            }

            scanner.SkipBlanks();
        }

        return members.Count == 0 ? CloseObject() : Abandon();

        ObjectSyntax? CloseObject() => TakeSign("}") ? new ObjectSyntax(From(start), members.ToImmutable()) : Abandon();

        ObjectSyntax? Abandon()
        {
            scanner.Position = start;
            return null;
        }
    }

    private ObjectMemberSyntax? Member(int depth)
    {
        var start = scanner.Position;
        if (scanner.TakeIdentifier() is { } name && TakeSign(":"))
        {
            scanner.SkipBlanks();
            if (Expression(depth + 1) is { } value)
            {
                return new ObjectMemberSyntax(From(start), name, value);
            }
        }

        scanner.Position = start;
        return null;
    }
}
