using System.Diagnostics;
using System.Globalization;
using Sluice.Catalog;
using Sluice.Diagram;
using Sluice.Text;

namespace Sluice.Bench;

/// <summary>How long a schema takes from its text to the picture, and how often lines cross in it.</summary>
internal static class Diagrams
{
    private const int Rounds = 5;

    public static void Run(string[] files)
    {
        Console.WriteLine("schema | tables | relations | lines cross | layout, first | layout, then | SVG | size");
        foreach (var file in files)
        {
            var model = Migration.Read(new SourceText(file, File.ReadAllText(file))).Value;
            var database = CatalogBuilder.Build(model);
            var sketch = SketchBuilder.Build(database, Comments.Of(database, model));
            var (drawing, times) = (DiagramLayout.Arrange(Sketch.Empty), new List<TimeSpan>());
            for (var round = 0; round <= Rounds; round++)
            {
                var begun = Stopwatch.GetTimestamp();
                drawing = DiagramLayout.Arrange(sketch);
                times.Add(Stopwatch.GetElapsedTime(begun));
            }

            var start = Stopwatch.GetTimestamp();
            var svg = SvgWriter.Write(drawing, new SvgSettings(file));
            var writing = Stopwatch.GetElapsedTime(start);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFileName(file)} | {database.Tables.Count} | {sketch.Edges.Count} | {Crossings(drawing)} | {times[0].TotalMilliseconds:0} ms | {times.Skip(1).Order().ElementAt(Rounds / 2).TotalMilliseconds:0} ms | {writing.TotalMilliseconds:0} ms, {svg.Length / 1024} KiB | {drawing.Width} × {drawing.Height}"));
        }
    }

    /// <summary>Points at which lines of different ways cross, as the eye sees them: lines that share a way count once.</summary>
    private static int Crossings(Drawing drawing)
    {
        var lines = drawing.Sketch.Edges.Zip(drawing.Routes)
            .SelectMany(e => e.Second.Corners.Zip(e.Second.Corners.Skip(1), (a, b) => (a, b, End: e.Second.Corners[^1])))
            .Distinct()
            .ToList();
        var across = lines.Where(l => l.a.Y == l.b.Y).ToList();
        var down = lines.Where(l => l.a.X == l.b.X).ToList();
        return across.SelectMany(h => down
                .Where(v => v.End != h.End && IsBetween(v.a.X, h.a.X, h.b.X) && IsBetween(h.a.Y, v.a.Y, v.b.Y))
                .Select(v => new Point(v.a.X, h.a.Y)))
            .Distinct()
            .Count();
    }

    private static bool IsBetween(int at, int a, int b) => at > Math.Min(a, b) && at < Math.Max(a, b);
}
