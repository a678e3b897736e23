using System.Globalization;
using System.Text;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Syntax;

namespace Sluice.Postgres.Reading;

/// <summary>
/// The text of a column's default to a value. What is not plainly a literal of the column's kind, `now()` or a sequence stays
/// an expression, so that its text is compared and nothing is guessed.
/// </summary>
internal static class DefaultParser
{
    public static ColumnDefault? Parse(string text, ColumnType type, FieldArity arity)
    {
        if (text.TrimStart().StartsWith("NULL", StringComparison.Ordinal))
        {
            return null;
        }

        var scanner = new DefaultScanner(text);
        var family = DefaultFamily.Of(type);
        var value = arity is FieldArity.List ? ParseList(scanner, family) : ParseScalar(scanner, family);
        return value is not null && scanner.AtEnd ? value : new ColumnDefault.Expression(text);
    }

    private static ColumnDefault? ParseScalar(DefaultScanner scanner, ValueFamily family) => family switch
    {
        ValueFamily.Text => TextOrNull(CastString(scanner)),
        ValueFamily.Integer => ParseInteger(scanner),
        ValueFamily.Fraction => ParseFraction(scanner),
        ValueFamily.Boolean => BooleanOrNull(scanner.TryWord()),
        ValueFamily.Moment => ParseMoment(scanner),
        ValueFamily.Bytes => BytesOrNull(CastString(scanner)),
        ValueFamily.Enum => CastString(scanner) is { } label ? new ColumnDefault.EnumLabel(label) : null,
        _ => null,
    };

    private static string? CastString(DefaultScanner scanner) =>
        scanner.TryString() is { } value && scanner.SkipCasts() ? value : null;

    private static ColumnDefault.Text? TextOrNull(string? value) => value is null ? null : new ColumnDefault.Text(value);

    private static ColumnDefault.Boolean? BooleanOrNull(string? word) => word switch
    {
        "true" or "t" => new ColumnDefault.Boolean(true),
        "false" or "f" => new ColumnDefault.Boolean(false),
        _ => null,
    };

    private static ColumnDefault.Now? ParseMoment(DefaultScanner scanner)
    {
        var name = scanner.TryWord();
        var isNow = "now".Equals(name, StringComparison.OrdinalIgnoreCase) || "current_timestamp".Equals(name, StringComparison.OrdinalIgnoreCase);
        return isNow && (!scanner.Try('(') || scanner.Try(')')) && scanner.SkipCasts() ? new ColumnDefault.Now() : null;
    }

    private static ColumnDefault? ParseInteger(DefaultScanner scanner)
    {
        if (scanner.AtString)
        {
            return IntegerOrNull(CastString(scanner));
        }

        var sign = scanner.Try('-') ? "-" : "";
        if (scanner.TryDigits() is { } digits)
        {
            return scanner.SkipCasts() ? IntegerOrNull(sign + digits) : null;
        }

        return sign.Length == 0 && scanner.TryWord() == "nextval" ? ParseSequence(scanner) : null;
    }

    private static ColumnDefault.Number? IntegerOrNull(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? new ColumnDefault.Number(value.ToString(CultureInfo.InvariantCulture))
            : null;

    // nextval('"Schema".name'::regclass), or nextval(('name'::text)::regclass) from very old servers' dumps.
    private static ColumnDefault.NextValue? ParseSequence(DefaultScanner scanner)
    {
        if (!scanner.Try('('))
        {
            return null;
        }

        var inner = scanner.Try('(');
        if (CastString(scanner) is not { } name || (inner && !scanner.Try(')')) || !scanner.SkipCasts() || !scanner.Try(')') || !scanner.SkipCasts())
        {
            return null;
        }

        var names = new DefaultScanner(name);
        var last = names.TryName();
        if (names.Try('.'))
        {
            last = names.TryName();
        }

        return last is null ? null : new ColumnDefault.NextValue(last);
    }

    private static ColumnDefault.Number? ParseFraction(DefaultScanner scanner)
    {
        if (scanner.AtString)
        {
            return CastString(scanner) is { } text && ParseNumber(new DefaultScanner(text), mustEnd: true) is { } quoted
                ? new ColumnDefault.Number(quoted)
                : null;
        }

        var open = scanner.Try('(');
        return ParseNumber(scanner, mustEnd: false) is { } number && (!open || scanner.Try(')')) && scanner.SkipCasts()
            ? new ColumnDefault.Number(number)
            : null;
    }

    private static string? ParseNumber(DefaultScanner scanner, bool mustEnd)
    {
        var number = new StringBuilder();
        number.Append(scanner.Try('-') ? "-" : "");
        if (scanner.TryDigits() is not { } whole)
        {
            return null;
        }

        number.Append(whole);
        if (scanner.Try('.'))
        {
            number.Append('.').Append(scanner.TryDigits() ?? "0");
        }

        return !mustEnd || scanner.AtEnd ? number.ToString() : null;
    }

    private static ColumnDefault.Bytes? BytesOrNull(string? text)
    {
        if (text is null || !text.StartsWith("\\x", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            return new ColumnDefault.Bytes([.. Convert.FromHexString(text.AsSpan(2))]);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // '{a,b}'::text[], ARRAY['a'::text, 'b'::text], (ARRAY[]::text[])::varchar(10)[]
    private static ColumnDefault.List? ParseList(DefaultScanner scanner, ValueFamily family)
    {
        if (scanner.AtString)
        {
            return CastString(scanner) is { } literal && ArrayLiteral.Read(literal) is { } texts
                ? ListOrNull(texts.Select(t => Element(t, family)))
                : null;
        }

        var open = scanner.Try('(');
        if (scanner.TryWord() != "ARRAY" || !scanner.Try('['))
        {
            return null;
        }

        var items = new List<ColumnDefault?>();
        if (!scanner.Try(']'))
        {
            do
            {
                items.Add(ParseScalar(scanner, family));
                if (items[^1] is null or ColumnDefault.Now or ColumnDefault.NextValue)
                {
                    return null;
                }
            }
            while (scanner.Try(','));
            if (!scanner.Try(']'))
            {
                return null;
            }
        }

        return scanner.SkipCasts() && (!open || scanner.Try(')')) && scanner.SkipCasts() ? ListOrNull(items) : null;
    }

    private static ColumnDefault.List? ListOrNull(IEnumerable<ColumnDefault?> items)
    {
        var list = items.ToList();
        return list.Contains(null) ? null : new ColumnDefault.List([.. list!]);
    }

    private static ColumnDefault? Element(string text, ValueFamily family) => family switch
    {
        ValueFamily.Text => new ColumnDefault.Text(text),
        ValueFamily.Enum => new ColumnDefault.EnumLabel(text),
        ValueFamily.Integer => IntegerOrNull(text),
        ValueFamily.Fraction => ParseNumber(new DefaultScanner(text), mustEnd: true) is { } number ? new ColumnDefault.Number(number) : null,
        ValueFamily.Boolean => BooleanOrNull(text),
        _ => null,
    };
}
