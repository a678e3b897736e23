using Sluice.Catalog;
using Sluice.Diagram;
using Sluice.Diagram.Layout;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Tests.Diagram;

public sealed class LayoutTests
{
    private static readonly Lazy<Drawing> Large = new(() => Draw(LargeDatabase.Create()));

    // What was reached; a change that needs more is looked at.
    private const int MostCrossings = 1000;

    public static TheoryData<string> Kinds => ["large", "large, keys", "large, schemas", .. Conformance.Root is null ? [] : Conformance.RealWorld().Select(c => c.Name)];

    [Theory, MemberData(nameof(Kinds))]
    public void No_box_lies_on_another_and_no_line_runs_through_one(string kind)
    {
        var drawing = kind switch
        {
            "large" => Large.Value,
            "large, keys" => Draw(LargeDatabase.Create(), keysOnly: true),
            "large, schemas" => Draw(LargeDatabase.Create(severalSchemas: true)),
            _ => Draw(SchemaFile.Catalog(Conformance.SchemaFiles(Conformance.RealWorld().Single(c => c.Name == kind).SchemaPath))),
        };
        var boxes = drawing.Sketch.Boxes.Zip(drawing.Places, (b, p) => (b.Label, Left: p.X, Top: p.Y, Right: p.X + b.Width, Bottom: p.Y + b.Height)).ToList();

        Assert.NotEmpty(boxes);
        Assert.All(boxes, b => Assert.True(b.Left >= 0 && b.Top >= 0 && b.Right <= drawing.Width && b.Bottom <= drawing.Height, $"{b} is not in the picture"));
        for (var i = 0; i < boxes.Count; i++)
        {
            for (var j = i + 1; j < boxes.Count; j++)
            {
                var (a, b) = (boxes[i], boxes[j]);
                Assert.False(a.Left < b.Right && b.Left < a.Right && a.Top < b.Bottom && b.Top < a.Bottom, $"{a} lies on {b}");
            }
        }

        foreach (var (edge, route) in drawing.Sketch.Edges.Zip(drawing.Routes))
        {
            foreach (var (from, to) in route.Corners.Zip(route.Corners.Skip(1)))
            {
                var (left, right, top, bottom) = (Math.Min(from.X, to.X), Math.Max(from.X, to.X), Math.Min(from.Y, to.Y), Math.Max(from.Y, to.Y));
                Assert.True(left == right || top == bottom, $"{edge.Name} runs aslant");
                Assert.True(left >= 0 && top >= 0 && right <= drawing.Width && bottom <= drawing.Height, $"{edge.Name} leaves the picture");
                Assert.DoesNotContain(boxes, b => left < b.Right && right > b.Left && top < b.Bottom && bottom > b.Top);
            }
        }
    }

    [Fact]
    public void An_edge_goes_from_the_row_that_references_to_the_row_that_is_referenced()
    {
        var drawing = Large.Value;
        Assert.Equal(drawing.Sketch.Edges.Count, drawing.Routes.Count);
        Assert.All(drawing.Sketch.Edges.Zip(drawing.Routes), pair =>
        {
            AssertTouches(pair.First.From, pair.First.FromRow, pair.Second.Corners[0], 0);
            AssertTouches(pair.First.To, pair.First.ToRow, pair.Second.Corners[^1], Spacing.PortShift);
        });

        void AssertTouches(int box, int row, Point at, int shift)
        {
            var (place, size) = (drawing.Places[box], drawing.Sketch.Boxes[box]);
            Assert.True(at.X == place.X || at.X == place.X + size.Width);
            Assert.Equal(shift, Math.Abs(at.Y - place.Y - size.MiddleOf(row)));
        }
    }

    // Lines to the same row share their way; others would be taken for one.
    [Fact]
    public void Lines_to_different_rows_never_lie_on_each_other()
    {
        var lines = Large.Value.Routes.SelectMany(r => r.Corners.Zip(r.Corners.Skip(1), (a, b) => (A: a, B: b, End: r.Corners[^1]))).Distinct().ToList();
        Assert.Empty(
            from one in lines
            from other in lines
            where one.End != other.End
            let across = one.A.Y == one.B.Y && other.A.Y == other.B.Y && one.A.Y == other.A.Y
            let down = one.A.X == one.B.X && other.A.X == other.B.X && one.A.X == other.A.X
            where (across && Overlap(one.A.X, one.B.X, other.A.X, other.B.X)) || (down && Overlap(one.A.Y, one.B.Y, other.A.Y, other.B.Y))
            select (one, other));

        static bool Overlap(int a, int b, int c, int d) => Math.Min(Math.Max(a, b), Math.Max(c, d)) - Math.Max(Math.Min(a, b), Math.Min(c, d)) > 1;
    }

    [Fact]
    public void Ordering_leaves_a_part_of_the_crossings_that_the_order_of_the_text_has()
    {
        var sketch = Large.Value.Sketch;
        var members = sketch.Edges.SelectMany(e => new[] { e.From, e.To }).Distinct().Order().ToList();
        var graph = new Graph(sketch, members, Layers.Assign(sketch, members, 2500));
        Ordering.Restack(graph);
        var naive = Ordering.Crossings(graph);
        Ordering.Improve(graph);
        var ordered = Ordering.Crossings(graph);
        TestContext.Current.TestOutputHelper?.WriteLine($"{naive} crossings in the order of the text, {ordered} when ordered");
        Assert.True(ordered * 3 < naive, $"{ordered} of {naive}");
        Assert.InRange(ordered, 0, MostCrossings);
    }

    [Fact]
    public void The_same_schema_gives_the_same_bytes() =>
        Assert.Equal(Svg(Large.Value), Svg(Draw(LargeDatabase.Create())));

    [Fact]
    public void The_areas_of_schemas_hold_their_tables_and_do_not_touch()
    {
        var drawing = Draw(LargeDatabase.Create(severalSchemas: true));
        Assert.Equal(["core", "sales", "stock"], drawing.Groups.Select(g => g.Name));
        Assert.All(drawing.Groups.Zip(drawing.Groups.Skip(1)), p => Assert.True(p.First.X + p.First.Width < p.Second.X));
        Assert.All(drawing.Sketch.Boxes.Zip(drawing.Places), p =>
        {
            var group = drawing.Groups.Single(g => g.Name == p.First.Name.Schema);
            Assert.True(p.Second.X > group.X && p.Second.X + p.First.Width < group.X + group.Width);
            Assert.True(p.Second.Y > group.Y && p.Second.Y + p.First.Height < group.Y + group.Height);
        });
    }

    private static Drawing Draw(Database database, bool keysOnly = false) =>
        DiagramLayout.Arrange(SketchBuilder.Build(database, Comments.Of(database), keysOnly));

    private static string Svg(Drawing drawing) => SvgWriter.Write(drawing, new SvgSettings("large"));
}
