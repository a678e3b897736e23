using System.Buffers;

namespace Sluice.Auth.Tokens;

/// <summary>
/// Where a value ends, in JSON (RFC 8259) as our own writer spells it: no white space, no escapes, no objects in it, whole numbers. All else
/// is no error, it is for <see cref="System.Text.Json.Utf8JsonReader"/>, which takes three times as long for the claims of a token.
/// </summary>
internal static class PlainJson
{
    private const int Digits = 18;

    // Line breaks and tabs, and what makes a text another than its bytes, or none. A space between values is where nothing plain begins.
    private static readonly SearchValues<byte> Special = SearchValues.Create([(byte)'\\', .. Enumerable.Range(0, ' ').Select(c => (byte)c)]);

    /// <summary>Whether it may be plain; what the others say of one that may not means nothing.</summary>
    public static bool MayBe(ReadOnlySpan<byte> json) => !json.ContainsAny(Special);

    /// <returns>The place behind it; 0 where there is none that is plain.</returns>
    public static int Value(ReadOnlySpan<byte> json, int at) => At(json, at) switch
    {
        (byte)'"' => Text(json, at),
        (byte)'[' => List(json, at),
        (byte)'t' => Word(json, at, "true"u8),
        (byte)'f' => Word(json, at, "false"u8),
        >= (byte)'1' and <= (byte)'9' => Number(json, at),
        _ => 0,
    };

    /// <inheritdoc cref="Value"/>
    public static int Text(ReadOnlySpan<byte> json, int at)
    {
        if (At(json, at) != '"')
        {
            return 0;
        }

        var length = json[(at + 1)..].IndexOf((byte)'"');
        return length < 0 ? 0 : at + length + 2;
    }

    /// <summary>The byte there; 0, which is none of JSON's, behind the last.</summary>
    public static byte At(ReadOnlySpan<byte> json, int at) => (uint)at < (uint)json.Length ? json[at] : (byte)0;

    private static int List(ReadOnlySpan<byte> json, int at)
    {
        do
        {
            at = Text(json, at + 1);
        }
        while (at > 0 && At(json, at) == ',');
        return at > 0 && At(json, at) == ']' ? at + 1 : 0;
    }

    private static int Number(ReadOnlySpan<byte> json, int at)
    {
        var end = at;
        while (char.IsAsciiDigit((char)At(json, end)))
        {
            end++;
        }

        return end - at <= Digits ? end : 0;
    }

    private static int Word(ReadOnlySpan<byte> json, int at, ReadOnlySpan<byte> word) => json[at..].StartsWith(word) ? at + word.Length : 0;
}
