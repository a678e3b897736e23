using System.Collections.Immutable;
using Sluice.Diagram.Layout;

namespace Sluice.Diagram;

/// <summary>
/// Gives every box and edge of a sketch its place, in layers (Sugiyama's way): columns, order within them, heights, then lines in the rooms
/// between them. What hangs together is laid out by itself, and the parts are packed.
/// </summary>
public static class DiagramLayout
{
    // How tall columns may become, as a share of the side of a square that would hold the boxes: which is best shows only when it is drawn.
    private static readonly double[] Tallnesses = [0.9, 1.2, 1.6, 2.1];

    public static Drawing Arrange(Sketch sketch)
    {
        var parts = Islands(sketch).Select(island => island.Count == 1 && !HasLoop(sketch, island[0]) ? Part.Of(sketch, island[0]) : Best(sketch, island)).ToList();
        var (width, height, placed) = Packing.Pack(sketch, parts);
        var places = new Point[sketch.Boxes.Count];
        var routes = new Route[sketch.Edges.Count];
        foreach (var part in placed)
        {
            foreach (var (box, place) in part.Places)
            {
                places[box] = place;
            }

            foreach (var (edge, route) in part.Routes)
            {
                routes[edge] = route;
            }
        }

        return new Drawing(sketch, width, height, [.. places], [.. routes], [.. placed.SelectMany(p => p.Groups)]);
    }

    private static bool HasLoop(Sketch sketch, int box) => sketch.Edges.Any(e => e.From == box && e.To == box);

    /// <summary>Boxes that edges tie together; with several schemas, all tables.</summary>
    private static IEnumerable<List<int>> Islands(Sketch sketch)
    {
        var island = Enumerable.Range(0, sketch.Boxes.Count).ToArray();
        foreach (var edge in sketch.Edges)
        {
            Join(edge.From, edge.To);
        }

        if (sketch.HasGroups)
        {
            var tables = island.Where(b => sketch.Boxes[b].Kind is BoxKind.Table).ToArray();
            Array.ForEach(tables, t => Join(tables[0], t));
        }

        return Enumerable.Range(0, island.Length).GroupBy(Root).Select(g => g.ToList());

        int Root(int box) => island[box] == box ? box : island[box] = Root(island[box]);

        void Join(int a, int b) => island[Root(b)] = Root(a);
    }

    private static Part Best(Sketch sketch, List<int> members)
    {
        var area = members.Sum(m => (double)(sketch.Boxes[m].Height + Spacing.BetweenBoxes) * (sketch.Boxes[m].Width + 60));
        var tallest = members.Max(m => sketch.Boxes[m].Height + Spacing.BetweenBoxes);
        return Tallnesses
            .Select(t => Math.Max(tallest, (int)(Math.Sqrt(area) * t)))
            .Distinct()
            .Select(limit => Lay(sketch, members, limit))
            .MinBy(t => t.Cost)
            .Part;
    }

    private static (Part Part, double Cost) Lay(Sketch sketch, List<int> members, int limit)
    {
        var (columns, groups) = ColumnsOf(sketch, members, limit);
        var graph = new Graph(sketch, members, columns);
        Ordering.Improve(graph);
        Heights.Settle(graph);
        var part = Part.Of(sketch, graph, groups);
        var length = part.Routes.Values.Sum(r => (double)Length(r));
        var shape = Math.Max(part.Width / 1.6 / part.Height, part.Height * 1.6 / part.Width);
        return (part, (Ordering.Crossings(graph) * 60 + length + Math.Sqrt((double)part.Width * part.Height)) * Math.Max(1.4, shape));
    }

    private static int Length(Route route) => route.Corners.Zip(route.Corners.Skip(1), (a, b) => Math.Abs(a.X - b.X) + Math.Abs(a.Y - b.Y)).Sum();

    /// <summary>The columns of each schema stand together.</summary>
    private static (int[] Columns, List<(string Name, int First, int Last)> Groups) ColumnsOf(Sketch sketch, List<int> members, int limit)
    {
        if (!sketch.HasGroups)
        {
            return (Layers.Assign(sketch, members, limit), []);
        }

        var columns = new Dictionary<int, int>();
        var groups = new List<(string, int, int)>();
        foreach (var schema in members.GroupBy(m => sketch.Boxes[m].Name.Schema).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var own = schema.ToImmutableArray();
            var first = groups.Count == 0 ? 0 : groups[^1].Item3 + 1;
            var assigned = Layers.Assign(sketch, own, limit);
            foreach (var (i, box) in own.Index())
            {
                columns[box] = first + assigned[i];
            }

            groups.Add((schema.Key, first, first + assigned.Max()));
        }

        return ([.. members.Select(m => columns[m])], groups);
    }
}
