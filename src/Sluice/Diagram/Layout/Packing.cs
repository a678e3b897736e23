namespace Sluice.Diagram.Layout;

/// <summary>Parts side by side in rows: what hangs together first, then single tables, views, enums.</summary>
internal static class Packing
{
    private const double Shape = 1.5;
    private static readonly double[] Widths = [1.0, 1.25, 1.5, 1.8, 2.2];

    public static (int Width, int Height, List<Part> Placed) Pack(Sketch sketch, List<Part> parts)
    {
        var sorted = parts
            .OrderBy(p => p.Places.Count > 1 ? 0 : 1 + (int)sketch.Boxes[p.Places.Keys.First()].Kind)
            .ThenByDescending(p => p.Height)
            .ThenBy(p => p.Places.Keys.Min())
            .ToList();
        var area = sorted.Sum(p => (double)(p.Width + Between(p)) * (p.Height + Between(p)));
        var widest = sorted.Select(p => p.Width).DefaultIfEmpty().Max();

        return Widths
            .Select(s => Shelves(sorted, Math.Max(widest, (int)(Math.Sqrt(area) * s))))
            .MinBy(p => Math.Max(p.Width / Shape / p.Height, p.Height * Shape / p.Width) * p.Width * p.Height);
    }

    // A part beside which there is room takes others below each other there.
    private static (int Width, int Height, List<Part> Placed) Shelves(List<Part> parts, int limit)
    {
        var placed = new List<Part>();
        var (x, y, columnWidth, columnY, shelfHeight, right) = (0, 0, 0, 0, 0, 0);
        foreach (var part in parts)
        {
            var gap = Between(part);
            if (columnWidth > 0 && columnY + part.Height <= shelfHeight && x + part.Width <= limit)
            {
                // Below the one before it.
            }
            else if (columnWidth > 0 && x + columnWidth + gap + part.Width <= limit && part.Height <= shelfHeight)
            {
                (x, columnY, columnWidth) = (x + columnWidth + gap, 0, 0);
            }
            else if (columnWidth > 0)
            {
                (x, y, columnY, columnWidth, shelfHeight) = (0, y + shelfHeight + Spacing.BetweenParts, 0, 0, 0);
            }

            placed.Add(part.MovedBy(Spacing.Border + x, Spacing.Border + y + columnY));
            columnY += part.Height + gap;
            columnWidth = Math.Max(columnWidth, part.Width);
            shelfHeight = Math.Max(shelfHeight, columnY - gap);
            right = Math.Max(right, x + columnWidth);
        }

        return (right + (2 * Spacing.Border), y + shelfHeight + (2 * Spacing.Border), placed);
    }

    private static int Between(Part part) => part.Places.Count > 1 ? Spacing.BetweenParts : Spacing.BetweenBoxes;
}
