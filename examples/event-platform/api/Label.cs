using System.Diagnostics.CodeAnalysis;

namespace EventPlatform;

/// <summary>A value of an enum in a query, spelled as in the database and in JSON.</summary>
[SuppressMessage("Design", "CA1000", Justification = "What binds a query's value asks for these.")]
public readonly record struct Label<T>(T Value) : IParsable<Label<T>>
    where T : struct, Enum
{
    public static Label<T> Parse(string s, IFormatProvider? provider) => TryParse(s, provider, out var label) ? label : throw new FormatException($"There is no {typeof(T).Name} of that name.");

    public static bool TryParse(string? s, IFormatProvider? provider, out Label<T> result)
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(value.ToString().ToUpperInvariant(), s, StringComparison.Ordinal))
            {
                result = new Label<T>(value);
                return true;
            }
        }

        result = default;
        return false;
    }
}
