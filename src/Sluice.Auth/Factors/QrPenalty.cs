namespace Sluice.Auth.Factors;

/// <summary>How much of a QR code looks like something else to a reader: the mask that makes the least of it is taken.</summary>
internal static class QrPenalty
{
    // What the corners look like, with a margin on one side.
    private const int Corner = 0b10111010000;
    private const int Mirrored = 0b00001011101;

    public static int Of(QrMatrix m)
    {
        var (points, dark) = (0, 0);
        for (var a = 0; a < m.Size; a++)
        {
            points += Line(m, i => m[i, a]) + Line(m, i => m[a, i]);
            for (var b = 0; b < m.Size; b++)
            {
                dark += m[a, b] ? 1 : 0;
                points += a > 0 && b > 0 && m[a, b] == m[a - 1, b] && m[a, b] == m[a, b - 1] && m[a, b] == m[a - 1, b - 1] ? 3 : 0;
            }
        }

        return points + Math.Abs(dark * 20 - m.Size * m.Size * 10) / (m.Size * m.Size) * 10;
    }

    private static int Line(QrMatrix m, Func<int, bool> at)
    {
        var (points, run, last) = (0, 0, 0);
        for (var i = 0; i < m.Size; i++)
        {
            run = i > 0 && at(i) == at(i - 1) ? run + 1 : 1;
            points += run == 5 ? 3 : run > 5 ? 1 : 0;
            last = ((last << 1) | (at(i) ? 1 : 0)) & 0x7FF;
            points += i >= 10 && last is Corner or Mirrored ? 40 : 0;
        }

        return points;
    }
}
