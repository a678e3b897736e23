using System.Text;

namespace Sluice.Diagram;

/// <summary>
/// How wide a text is at most. The figures are those of DejaVu Sans, the widest of the fonts that <see cref="DiagramStyle"/> asks for:
/// in any other one the text is narrower and never cut.
/// </summary>
internal static class TextWidths
{
    // Hundredths of the font's size, from the space on.
    private static ReadOnlySpan<byte> Regular =>
    [
        32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 54,
        100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79, 61, 79, 70, 64, 62, 74, 69, 99, 69, 62, 69, 40, 34, 40, 84, 50,
        50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
    ];

    private static ReadOnlySpan<byte> Bold =>
    [
        35, 46, 53, 84, 70, 101, 88, 31, 46, 46, 53, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 40, 40, 84, 84, 84, 59,
        100, 78, 77, 74, 84, 69, 69, 83, 84, 38, 38, 78, 64, 100, 84, 86, 74, 86, 78, 73, 69, 82, 78, 111, 78, 73, 73, 46, 37, 46, 84, 50,
        50, 68, 72, 60, 72, 68, 44, 72, 72, 35, 35, 67, 35, 105, 72, 69, 72, 72, 50, 60, 48, 72, 66, 93, 65, 66, 59, 72, 37, 72, 84,
    ];

    /// <summary>In pixels, rounded up.</summary>
    public static int Of(string text, int size, bool bold = false)
    {
        var hundredths = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            hundredths += Of(rune, bold ? Bold : Regular);
        }

        return ((hundredths * size) + 99) / 100;
    }

    // Other scripts' letters are as wide as the font's size at most, but for a few ligatures; what lies beyond is mostly pictures.
    private static int Of(Rune rune, ReadOnlySpan<byte> ascii) => rune.Value switch
    {
        < ' ' => 0,
        < 0x7F => ascii[rune.Value - ' '],
        < 0x250 => 100,
        < 0x10000 => 115,
        _ => 145,
    };
}
