using System.Globalization;
using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Fields;

/// <summary>The functions that may fill a field, the types they fill and what they take.</summary>
internal static class DefaultFunctions
{
    public static bool IsKnown(string name) =>
        name is "autoincrement" or "now" or "uuid" or "cuid" or "ulid" or "nanoid" or "dbgenerated" or "auto";

    public static bool Accepts(AttributeReader reader, ScalarKind kind, FunctionSyntax function, bool isNamed)
    {
        var name = function.Name.Name;
        if (name is "autoincrement" && isNamed)
        {
            reader.Report(DefaultMistakes.NamedDefault());
            return false;
        }

        // Functions of other databases are told apart only once the rest of the schema is sound.
        if (!IsKnown(name))
        {
            return true;
        }

        if (!Fills(name, kind))
        {
            reader.Report(DefaultMistakes.FunctionType(name, kind.ToString(), TypesOf(name)));
            return false;
        }

        return name switch
        {
            "cuid" => AcceptsNumber(reader, function, n => n is 1 or 2, "nothing, 1 or 2"),
            "uuid" => AcceptsNumber(reader, function, n => n is 4 or 7, "nothing, 4 or 7"),
            "nanoid" => AcceptsNumber(reader, function, n => n is >= 2 and <= 255, "nothing, or a length from 2 to 255"),
            _ => AcceptsNothing(reader, function),
        };
    }

    public static bool AcceptsDbGenerated(AttributeReader reader, FunctionSyntax function)
    {
        var mistake = DefaultMistakes.FunctionArguments(function.Name.Name, "nothing, or one expression as a string");
        if (function.Arguments.Length > 1)
        {
            reader.Report(mistake);
        }

        if (function.Arguments is [] or [{ Value: StringSyntax { Value.Length: > 0 } }, ..])
        {
            return true;
        }

        reader.Report(mistake);
        return false;
    }

    private static bool Fills(string function, ScalarKind kind) => function switch
    {
        "autoincrement" => kind is ScalarKind.Int or ScalarKind.BigInt,
        "now" => kind is ScalarKind.DateTime,
        "auto" => true,
        _ => kind is ScalarKind.String,
    };

    private static string TypesOf(string function) => function switch
    {
        "autoincrement" => "`Int` and `BigInt`",
        "now" => "`DateTime`",
        _ => "`String`",
    };

    private static bool AcceptsNothing(AttributeReader reader, FunctionSyntax function)
    {
        if (function.Arguments.Length == 0)
        {
            return true;
        }

        reader.Report(DefaultMistakes.FunctionArguments(function.Name.Name, "no argument"));
        return false;
    }

    private static bool AcceptsNumber(AttributeReader reader, FunctionSyntax function, Predicate<int> allowed, string takes)
    {
        if (function.Arguments is []
            || (function.Arguments is [{ Value: NumberSyntax number }]
                && int.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                && allowed(value)))
        {
            return true;
        }

        reader.Report(DefaultMistakes.FunctionArguments(function.Name.Name, takes));
        return false;
    }
}
