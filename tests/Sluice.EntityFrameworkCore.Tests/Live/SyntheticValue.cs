using System.Collections;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using NpgsqlTypes;

namespace Sluice.EntityFrameworkCore.Tests.Live;

/// <summary>Values that fit a property's column, and whether two are the same.</summary>
internal static partial class SyntheticValue
{
    /// <param name="variant">0 or 1: another number gives another value.</param>
    public static object Of(IReadOnlyProperty property, int variant)
    {
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
        {
            var list = (IList)Activator.CreateInstance(type)!;
            list.Add(Scalar(type.GetGenericArguments()[0], property, variant));
            list.Add(Scalar(type.GetGenericArguments()[0], property, 1 - variant));
            return list;
        }

        return Scalar(type, property, variant);
    }

    public static bool Same(object? left, object? right) => (left, right) switch
    {
        (JsonDocument a, JsonDocument b) => JsonElement.DeepEquals(a.RootElement, b.RootElement),
        (string, string) => (string)left == (string)right,
        (IEnumerable a, IEnumerable b) => a.Cast<object?>().Zip(b.Cast<object?>(), Same).All(s => s) && a.Cast<object?>().Count() == b.Cast<object?>().Count(),
        _ => Equals(left, right),
    };

    private static object Scalar(Type type, IReadOnlyProperty property, int variant)
    {
        var store = property.GetColumnType()!;
        var length = Length().Match(store) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : (int?)null;
        if (type.IsEnum)
        {
            var values = Enum.GetValues(type);
            return values.GetValue((values.Length - 1 + variant) % values.Length)!;
        }

        // Ten milliseconds, which every precision of the schemas here keeps, or whole seconds.
        var moment = new DateTime(2024, 2, 29, 12, 34, 56 + variant, store.Contains("(0)", StringComparison.Ordinal) ? 0 : 780, DateTimeKind.Utc);
        return type switch
        {
            _ when type == typeof(string) => Text(store, length, variant),
            _ when type == typeof(bool) => variant == 0,
            _ when type == typeof(short) => (short)(32000 + variant),
            _ when type == typeof(int) => 2_000_000_000 + variant,
            _ when type == typeof(long) => 9_000_000_000_000_000_000 + variant,
            _ when type == typeof(uint) => 4_000_000_000 + (uint)variant,
            _ when type == typeof(decimal) => 0.5m + variant * 0.2m,
            _ when type == typeof(float) => 1.5f + variant,
            _ when type == typeof(double) => 1.5e100 + variant * 1e99,
            _ when type == typeof(Guid) => new Guid($"0189d6e0-0000-7000-8000-00000000000{variant}"),
            _ when type == typeof(DateTime) => moment,
            _ when type == typeof(DateOnly) => DateOnly.FromDateTime(moment),
            _ when type == typeof(TimeOnly) => TimeOnly.FromDateTime(moment),
            _ when type == typeof(DateTimeOffset) => new DateTimeOffset(1, 1, 2, 12, 34, 56 + variant, TimeSpan.Zero),
            _ when type == typeof(byte[]) => new byte[] { 0, 255, (byte)variant },
            _ when type == typeof(BitArray) => new BitArray([.. Enumerable.Repeat(variant == 0, length ?? 1)]),
            _ when type == typeof(JsonDocument) => JsonDocument.Parse($$"""{"a": [1, null, "x"], "variant": {{variant}}}"""),
            _ when type == typeof(NpgsqlInet) => new NpgsqlInet(IPAddress.Parse($"192.0.2.{variant}"), 32),
            _ => throw new InvalidOperationException($"{property} is a {type}: which value?"),
        };
    }

    private static string Text(string store, int? length, int variant)
    {
        var text = $"variant {variant} — ü \\ ' \" 𝄞";
        return store switch
        {
            "xml" => $"<a>{variant}</a>",
            "tsvector" => $"'variant':{variant + 1}",
            "daterange" => $"[2024-02-2{variant},2024-03-01)",
            "point" => $"({variant},2)",
            _ when store.StartsWith("character(", StringComparison.Ordinal) => new string((char)('a' + variant), length ?? 1),
            _ when length < 30 => new string((char)('a' + variant), length.Value),
            _ => text,
        };
    }

    [GeneratedRegex(@"^(?:character varying|character|bit|bit varying)\((\d+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Length();
}
