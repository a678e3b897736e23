using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using Sluice.Model.Binding;
using Sluice.Model.Mistakes;

namespace Sluice.Model.Fields;

/// <summary>PostgreSQL's types as the language names them: what each stores and which numbers it takes.</summary>
internal static class NativeTypes
{
    private static readonly FrozenDictionary<string, NativeKind> Kinds = Enum.GetValues<NativeKind>()
        .ToFrozenDictionary(k => k.ToString(), k => k, StringComparer.Ordinal);

    private static readonly NativeType[] Defaults = [.. Enum.GetValues<ScalarKind>().Select(MakeDefault)];

    public static bool TryFind(string name, out NativeKind kind) => Kinds.TryGetValue(name, out kind);

    /// <summary>The name that differs only in its letters' case, null when there is none.</summary>
    public static string? Similar(string name) => Kinds.Keys.FirstOrDefault(k => k.Equals(name, StringComparison.OrdinalIgnoreCase));

    public static ScalarKind Scalar(NativeKind kind) => kind switch
    {
        NativeKind.SmallInt or NativeKind.Integer or NativeKind.Oid => ScalarKind.Int,
        NativeKind.BigInt => ScalarKind.BigInt,
        NativeKind.Decimal or NativeKind.Money => ScalarKind.Decimal,
        NativeKind.Real or NativeKind.DoublePrecision => ScalarKind.Float,
        NativeKind.Boolean => ScalarKind.Boolean,
        NativeKind.Timestamp or NativeKind.Timestamptz or NativeKind.Date or NativeKind.Time or NativeKind.Timetz => ScalarKind.DateTime,
        NativeKind.Json or NativeKind.JsonB => ScalarKind.Json,
        NativeKind.ByteA => ScalarKind.Bytes,
        NativeKind.Inet or NativeKind.Citext or NativeKind.VarChar or NativeKind.Char or NativeKind.Text or NativeKind.Bit
            or NativeKind.VarBit or NativeKind.Uuid or NativeKind.Xml => ScalarKind.String,
        _ => throw new UnreachableException($"No scalar for {kind}."),
    };

    /// <summary>How many numbers the type may take; it takes them all or none.</summary>
    public static int Arguments(NativeKind kind) => kind switch
    {
        NativeKind.Decimal => 2,
        NativeKind.VarChar or NativeKind.Char or NativeKind.Bit or NativeKind.VarBit or NativeKind.Timestamp
            or NativeKind.Timestamptz or NativeKind.Time or NativeKind.Timetz => 1,
        _ => 0,
    };

    public static string Takes(NativeKind kind) => Arguments(kind) switch
    {
        0 => "no argument",
        1 => "one number",
        _ => "two numbers, precision and scale",
    };

    public static NativeType Default(ScalarKind scalar) => Defaults[(int)scalar];

    /// <summary>The type, or null where the arguments are not the numbers that it takes.</summary>
    public static NativeType? Parse(NativeKind kind, IReadOnlyList<string> arguments)
    {
        var takes = Arguments(kind);
        if (arguments.Count == 0 || takes == 0)
        {
            return new NativeType(kind);
        }

        if (arguments.Count != takes)
        {
            return null;
        }

        var numbers = new int?[2];
        for (var i = 0; i < takes; i++)
        {
            if (!int.TryParse(arguments[i], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            numbers[i] = number;
        }

        return new NativeType(kind, numbers[0], numbers[1]);
    }

    /// <summary>What is wrong with the numbers, null when nothing is.</summary>
    public static Mistake? CheckRange(NativeType type) => type switch
    {
        { Kind: NativeKind.Decimal, First: var precision, Second: var scale } when scale > precision =>
            NativeTypeMistakes.ScaleAbovePrecision(Write(type)),
        { Kind: NativeKind.Decimal, First: 0 or > 1000 } =>
            NativeTypeMistakes.OutOfRange(Write(type), "the precision is a number from 1 to 1000"),
        { Kind: NativeKind.Bit or NativeKind.VarBit, First: 0 } =>
            NativeTypeMistakes.OutOfRange(Write(type), "the length is at least 1"),
        { Kind: NativeKind.Timestamp or NativeKind.Timestamptz or NativeKind.Time or NativeKind.Timetz, First: > 6 } =>
            NativeTypeMistakes.OutOfRange(Write(type), "the precision is a number from 0 to 6"),
        _ => null,
    };

    /// <summary>As it stands after `@db.`.</summary>
    public static string Write(NativeType type) => type switch
    {
        { First: null } => type.Kind.ToString(),
        { Second: null } => string.Create(CultureInfo.InvariantCulture, $"{type.Kind}({type.First})"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{type.Kind}({type.First}, {type.Second})"),
    };

    private static NativeType MakeDefault(ScalarKind scalar) => scalar switch
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
        _ => throw new UnreachableException($"No type for {scalar}."),
    };
}
