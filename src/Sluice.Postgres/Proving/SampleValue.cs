using System.Globalization;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Syntax;

namespace Sluice.Postgres.Proving;

/// <summary>Invented values, the same on every run: of one column no two rows have the same, where its type has as many.</summary>
/// <param name="Row">From 1.</param>
internal readonly record struct SampleValue(int Row)
{
    private const int RowsApart = 10;

    /// <summary>The value as the server reads it from text; as a list where the column is one.</summary>
    public string Of(Column column, EnumType? labels)
    {
        // By name, so that a column has the same values before and after a migration, whatever stands beside it.
        var number = (column.Name.Aggregate(7, (sum, c) => ((sum * 31) + c) % 89) * RowsApart) + Row;
        var value = column.Type switch
        {
            ColumnType.Native { Type: var type } => Native(type, number, column.Name),
            ColumnType.Enum => labels is { Values: { Count: > 0 } values } ? values[Row % values.Count] : "",
            ColumnType.Unsupported { Text: var type } => Unsupported(type, number),
            _ => throw new System.Diagnostics.UnreachableException(column.Type.GetType().Name),
        };
        return column.Arity is FieldArity.List
            ? $"{{\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"}}"
            : value;
    }

    private string Native(NativeType type, int number, string name) => type.Kind switch
    {
        NativeKind.SmallInt or NativeKind.Integer or NativeKind.BigInt or NativeKind.Oid => Text($"{1000 + number}"),
        NativeKind.Decimal => Decimal(type, number),
        NativeKind.Real or NativeKind.DoublePrecision or NativeKind.Money => Text($"{1000 + number}.5"),
        NativeKind.VarChar or NativeKind.Char or NativeKind.Text or NativeKind.Citext => Word(type.First ?? (type.Kind is NativeKind.Char ? 1 : int.MaxValue), number, name),
        NativeKind.ByteA => Text($"\\x{number:x8}"),
        NativeKind.Timestamp => $"{Date(number)} 03:04:05.678901",
        NativeKind.Timestamptz => $"{Date(number)} 03:04:05.678901+00",
        NativeKind.Date => Date(number),
        NativeKind.Time => Time(number),
        NativeKind.Timetz => Time(number) + "+00",
        NativeKind.Boolean => Row % 2 == 1 ? "true" : "false",
        NativeKind.Bit or NativeKind.VarBit => Bits(type.First ?? (type.Kind is NativeKind.Bit ? 1 : 10), number),
        NativeKind.Uuid => Text($"00000000-0000-4000-8000-{number:x12}"),
        NativeKind.Xml => Text($"<sample>{number}</sample>"),
        NativeKind.Json or NativeKind.JsonB => Text($"{{\"sample\": {number}}}"),
        NativeKind.Inet => Text($"10.0.{number / 250}.{number % 250}"),
        _ => throw new System.Diagnostics.UnreachableException(type.Kind.ToString()),
    };

    // What the language cannot name: the server tells whether it reads a number there.
    private static string Unsupported(string type, int number) => type switch
    {
        _ when type.StartsWith("interval", StringComparison.Ordinal) => Text($"{number} minutes"),
        "point" => Text($"({number},1)"),
        "box" => Text($"((0,0),({number},1))"),
        "circle" => Text($"<(0,0),{number}>"),
        "macaddr" => Text($"08:00:2b:00:{number / 250:x2}:{number % 250:x2}"),
        "cidr" => Text($"10.0.{number / 250}.{number % 250}/32"),
        "int4range" or "int8range" or "numrange" => Text($"[{number},{number + 1})"),
        _ => Text($"{number}"),
    };

    // Many a CHECK wants what the column's name says.
    private static string Word(int length, int number, string name)
    {
        var whole = name switch
        {
            _ when Says("email") => Text($"sample{number}@example.com"),
            _ when Says("hash") => $"$2b$12${Text($"{number}").PadLeft(53, 'a')}",
            _ when Says("phone") => Text($"+1555{number:0000000}"),
            _ when Says("url") => Text($"https://example.com/{number}"),
            _ => Text($"sample{number}"),
        };
        if (whole.Length <= length)
        {
            return whole;
        }

        var digits = Text($"{number}");
        return digits.Length <= length ? digits : ((char)('a' + (number % 26))).ToString();

        bool Says(string word) => name.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    private string Decimal(NativeType type, int number)
    {
        var scale = type.Second ?? 0;
        var whole = (type.First ?? 1000) - scale;
        var fraction = type.First is null ? ".25" : scale > 0 ? "." + new string('0', scale - 1) + Text($"{Row}") : "";
        return (whole switch { >= 4 => Text($"{1000 + number}"), > 0 => Text($"{Row}"), _ => "0" }) + fraction;
    }

    private static string Bits(int length, int number)
    {
        var bits = Convert.ToString(number, 2);
        return bits.Length > length ? bits[^length..] : bits.PadLeft(length, '0');
    }

    private static string Date(int number) => new DateTime(2020, 1, 1).AddDays(number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Time(int number) => Text($"{number % 24:00}:{number % 60:00}:05.678901");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
