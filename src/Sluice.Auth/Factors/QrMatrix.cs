using System.Globalization;
using System.Text;

namespace Sluice.Auth.Factors;

/// <summary>The dark and light squares of a QR code.</summary>
internal sealed class QrMatrix
{
    private const int Margin = 4;

    private readonly int version;
    private readonly bool[,] dark;
    private readonly bool[,] isFixed;

    private QrMatrix(int version)
    {
        (this.version, Size) = (version, version * 4 + 17);
        (dark, isFixed) = (new bool[Size, Size], new bool[Size, Size]);
    }

    public int Size { get; }

    public bool this[int x, int y] => dark[x, y];

    /// <summary>How many squares are left for data: all but the patterns that say what is where.</summary>
    public static int DataModules(int version)
    {
        var lines = Alignments(version).Length;
        // The three corners and the timing lines; the alignment patterns, those on the timing lines share five squares; from 7 on the version.
        return (16 * version + 128) * version + 64 - (lines == 0 ? 0 : (25 * lines - 10) * lines - 55) - (version < 7 ? 0 : 36);
    }

    public static QrMatrix Draw(int version, byte[] data) =>
        Enumerable.Range(0, 8).Select(mask => new QrMatrix(version).Drawn(data, mask)).MinBy(m => QrPenalty.Of(m))!;

    /// <summary>A picture of its own, in one path, with the quiet margin around it.</summary>
    public string ToSvg()
    {
        var (path, whole) = (new StringBuilder(), Size + Margin * 2);
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                var from = x;
                while (x < Size && dark[x, y])
                {
                    x++;
                }

                if (x > from)
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{from + Margin} {y + Margin}h{x - from}v1h-{x - from}z");
                }
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{whole}v{whole}H0z"/><path d="{path}"/></svg>""");
    }

    private static int[] Alignments(int version)
    {
        if (version == 1)
        {
            return [];
        }

        var count = version / 7 + 2;
        var step = (version * 8 + count * 3 + 5) / (count * 4 - 4) * 2;
        return [6, .. Enumerable.Range(0, count - 1).Select(i => version * 4 + 10 - (count - 2 - i) * step)];
    }

    private QrMatrix Drawn(byte[] data, int mask)
    {
        DrawPatterns();
        DrawFormat(mask);
        DrawVersion();
        DrawData(data, mask);
        return this;
    }

    private void Fix(int x, int y, bool isDark)
    {
        if (x >= 0 && y >= 0 && x < Size && y < Size)
        {
            (dark[x, y], isFixed[x, y]) = (isDark, true);
        }
    }

    private void DrawPatterns()
    {
        for (var i = 0; i < Size; i++)
        {
            Fix(6, i, i % 2 == 0);
            Fix(i, 6, i % 2 == 0);
        }

        foreach (var (x, y) in new[] { (3, 3), (Size - 4, 3), (3, Size - 4) })
        {
            Rings(x, y, 4, r => r is not (2 or 4));
        }

        var lines = Alignments(version);
        foreach (var (x, y) in lines.SelectMany(x => lines.Select(y => (x, y))).Where(p => p is not (6, 6) && p != (6, Size - 7) && p != (Size - 7, 6)))
        {
            Rings(x, y, 2, r => r != 1);
        }
    }

    private void Rings(int x, int y, int radius, Func<int, bool> isDark)
    {
        for (var dx = -radius; dx <= radius; dx++)
        {
            for (var dy = -radius; dy <= radius; dy++)
            {
                Fix(x + dx, y + dy, isDark(Math.Max(Math.Abs(dx), Math.Abs(dy))));
            }
        }
    }

    // Level M is 00. Twice, should one corner be unreadable.
    private void DrawFormat(int mask)
    {
        var bits = ((mask << 10) | Check(mask, 10, 0x537)) ^ 0x5412;
        for (var i = 0; i < 15; i++)
        {
            var bit = ((bits >> i) & 1) != 0;
            var (x, y) = i switch { < 6 => (8, i), 6 => (8, 7), 7 => (8, 8), 8 => (7, 8), _ => (14 - i, 8) };
            Fix(x, y, bit);
            (x, y) = i < 8 ? (Size - 1 - i, 8) : (8, Size - 15 + i);
            Fix(x, y, bit);
        }

        Fix(8, Size - 8, true);
    }

    private void DrawVersion()
    {
        var bits = (version << 12) | Check(version, 12, 0x1F25);
        for (var i = 0; version >= 7 && i < 18; i++)
        {
            var (a, b) = (Size - 11 + i % 3, i / 3);
            Fix(a, b, ((bits >> i) & 1) != 0);
            Fix(b, a, ((bits >> i) & 1) != 0);
        }
    }

    private static int Check(int value, int bits, int polynomial)
    {
        var rest = value;
        for (var i = 0; i < bits; i++)
        {
            rest = (rest << 1) ^ ((rest >> (bits - 1)) * polynomial);
        }

        return rest;
    }

    // In columns of two from the right, up and down in turn, around what is fixed.
    private void DrawData(byte[] data, int mask)
    {
        var at = 0;
        for (var right = Size - 1; right > 0; right -= right == 8 ? 3 : 2)
        {
            var isUp = (right > 6 ? (Size - 1 - right) / 2 : (Size - 2 - right) / 2) % 2 == 0;
            for (var i = 0; i < Size * 2; i++)
            {
                var (x, y) = (right - i % 2, isUp ? Size - 1 - i / 2 : i / 2);
                if (!isFixed[x, y])
                {
                    var bit = at < data.Length * 8 && ((data[at / 8] >> (7 - at % 8)) & 1) != 0;
                    dark[x, y] = bit ^ IsMasked(mask, x, y);
                    at++;
                }
            }
        }
    }

    private static bool IsMasked(int mask, int x, int y) => mask switch
    {
        0 => (x + y) % 2,
        1 => y % 2,
        2 => x % 3,
        3 => (x + y) % 3,
        4 => (x / 3 + y / 2) % 2,
        5 => x * y % 2 + x * y % 3,
        6 => (x * y % 2 + x * y % 3) % 2,
        _ => ((x + y) % 2 + x * y % 3) % 2,
    } == 0;
}
