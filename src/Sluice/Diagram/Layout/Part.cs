using Sluice.Text;

namespace Sluice.Diagram.Layout;

/// <summary>A part of a drawing that hangs together, from its own corner.</summary>
internal sealed record Part(int Width, int Height, Dictionary<int, Point> Places, Dictionary<int, Route> Routes, List<Group> Groups)
{
    public static Part Of(Sketch sketch, int box) => new(sketch.Boxes[box].Width, sketch.Boxes[box].Height, new() { [box] = default }, [], []);

    /// <summary>A graph whose nodes know how high they stand.</summary>
    /// <param name="groups">The columns of each schema: the first one and the last.</param>
    public static Part Of(Sketch sketch, Graph graph, IReadOnlyList<(string Name, int First, int Last)> groups)
    {
        var places = new Dictionary<int, Point>();
        var extents = new (int Left, int Right)[graph.Layers.Length];
        var left = 0;
        var x = 0;
        for (var layer = 0; layer < graph.Layers.Length; layer++)
        {
            x += groups.Any(g => g.First == layer) ? Spacing.GroupPadding : 0;
            var width = graph.Layers[layer].Where(n => n.Box is not null).Select(n => sketch.Boxes[n.Box!.Value].Width).DefaultIfEmpty().Max();
            foreach (var node in graph.Layers[layer].Where(n => n.Box is not null))
            {
                places[node.Box!.Value] = new Point(x + ((width - sketch.Boxes[node.Box.Value].Width) / 2), (int)node.Top);
            }

            extents[layer] = (x, x + width);
            x += width + (groups.Any(g => g.Last == layer) ? Spacing.GroupPadding : 0);
            var tracks = Channels.Route(graph.Gaps[layer]);
            foreach (var junction in graph.Gaps[layer])
            {
                junction.X = x + Spacing.Margin + (junction.Track * Spacing.BetweenTracks);
            }

            var isLast = layer + 1 == graph.Layers.Length;
            x += isLast && tracks == 0 ? 0 : (Spacing.Margin * (isLast ? 1 : 2)) + (Math.Max(0, tracks - 1) * Spacing.BetweenTracks);
        }

        var routes = graph.Edges.ToDictionary(e => e.Key, e => Route(sketch, places, e.Value.Start, e.Value.Junctions, e.Value.End));
        var corners = routes.Values.SelectMany(r => r.Corners).ToList();
        var top = graph.Boxes.Select(n => (int)n.Top).Concat(corners.Select(c => c.Y)).Min();
        var bottom = graph.Boxes.Select(n => (int)n.Top + n.Height).Concat(corners.Select(c => c.Y)).Max();
        var frame = groups.Count == 0 ? 0 : Spacing.GroupPadding;
        var part = new Part(
            x - left,
            bottom - top + (frame * 2) + (groups.Count == 0 ? 0 : Spacing.GroupTitle),
            places,
            routes,
            [.. groups.Select(g => new Group(g.Name, extents[g.First].Left - frame, top - frame - Spacing.GroupTitle, extents[g.Last].Right - extents[g.First].Left + (2 * frame), bottom - top + (2 * frame) + Spacing.GroupTitle))]);
        return part.MovedBy(-left, -(groups.Count == 0 ? top : top - frame - Spacing.GroupTitle));
    }

    public Part MovedBy(int x, int y) => this with
    {
        Places = Places.ToDictionary(p => p.Key, p => new Point(p.Value.X + x, p.Value.Y + y)),
        Routes = Routes.ToDictionary(r => r.Key, r => new Route([.. r.Value.Corners.Select(c => new Point(c.X + x, c.Y + y))])),
        Groups = [.. Groups.Select(g => g with { X = g.X + x, Y = g.Y + y })],
    };

    private static Route Route(Sketch sketch, Dictionary<int, Point> places, Pin start, List<Junction> junctions, Pin end)
    {
        var toRight = start.Node.Layer <= end.Node.Layer;
        var corners = new List<Point> { new(Side(start, toRight), (int)start.Y) };
        foreach (var junction in junctions.Where(j => (int)j.End.Y != corners[^1].Y))
        {
            corners.Add(new Point(junction.X, corners[^1].Y));
            corners.Add(new Point(junction.X, (int)junction.End.Y));
        }

        corners.Add(new Point(Side(end, start.Node == end.Node || !toRight), (int)end.Y));
        return new Route([.. corners]);

        int Side(Pin pin, bool right) => places[pin.Node.Box!.Value].X + (right ? sketch.Boxes[pin.Node.Box.Value].Width : 0);
    }
}
