namespace Sluice.Diagram.Layout;

/// <summary>A box in its column, or the place where a way passes through a column.</summary>
internal sealed class Node(int layer, int height, int? box)
{
    public int Layer { get; } = layer;

    public int Height { get; } = height;

    /// <summary>Null where a way passes.</summary>
    public int? Box { get; } = box;

    public double Top { get; set; }

    public List<Strand> Left { get; } = [];

    public List<Strand> Right { get; } = [];
}

/// <summary>Where a strand touches a node.</summary>
internal readonly record struct Pin(Node Node, int Offset)
{
    public double Y => Node.Top + Offset;
}

/// <summary>A piece of a way between two columns that stand beside each other.</summary>
internal sealed record Strand(Pin Left, Pin Right, int Way);

/// <summary>
/// One part of a drawing, in columns. Edges to the same row from the same side share one way, as cables in one duct: a table
/// that everybody references stays readable.
/// </summary>
internal sealed class Graph
{
    private readonly Sketch sketch;
    private readonly Dictionary<int, Node> boxes = [];
    private readonly Dictionary<(int Way, int Layer), Node> passes = [];
    private readonly Dictionary<(int Box, int Row, bool IsOptional, bool FromLeft), int> ways = [];

    public Graph(Sketch sketch, IReadOnlyList<int> members, int[] layers)
    {
        this.sketch = sketch;
        Layers = [.. Enumerable.Range(0, layers.Max() + 1).Select(_ => new List<Node>())];
        Gaps = [.. Layers.Select(_ => new List<Junction>())];
        foreach (var (i, box) in members.Index())
        {
            boxes[box] = new Node(layers[i], sketch.Boxes[box].Height, box);
            Layers[layers[i]].Add(boxes[box]);
        }

        foreach (var (i, edge) in sketch.Edges.Index().Where(e => boxes.ContainsKey(e.Item.From) && boxes.ContainsKey(e.Item.To)))
        {
            Lay(i, edge);
        }
    }

    public List<Node>[] Layers { get; }

    /// <summary>What crosses the room at the right of each column.</summary>
    public List<Junction>[] Gaps { get; }

    public IEnumerable<Node> Boxes => boxes.Values;

    /// <summary>Edge by edge: the junctions that it passes, from the row that references.</summary>
    public Dictionary<int, (Pin Start, List<Junction> Junctions, Pin End)> Edges { get; } = [];

    private void Lay(int index, Edge edge)
    {
        var (from, to) = (boxes[edge.From], boxes[edge.To]);
        var start = new Pin(from, sketch.Boxes[edge.From].MiddleOf(edge.FromRow));
        var end = new Pin(to, sketch.Boxes[edge.To].MiddleOf(edge.ToRow) + (edge.IsOptional ? Spacing.PortShift : -Spacing.PortShift));
        var fromLeft = from.Layer < to.Layer;
        var key = (edge.To, edge.ToRow, edge.IsOptional, fromLeft);
        if (!ways.TryGetValue(key, out var way))
        {
            ways[key] = way = ways.Count;
        }

        var junctions = new List<Junction>();
        if (from == to)
        {
            var junction = At(way, to.Layer, end, endIsRight: false);
            junction.Left.Add(start);
            junctions.Add(junction);
        }
        else if (fromLeft)
        {
            for (var (layer, pin) = (from.Layer, start); layer < to.Layer; layer++)
            {
                var next = layer + 1 == to.Layer ? end : Pass(way, layer + 1);
                var junction = At(way, layer, next, endIsRight: true);
                if (!junction.Left.Contains(pin))
                {
                    junction.Left.Add(pin);
                    Tie(new Strand(pin, next, way));
                }

                junctions.Add(junction);
                pin = next;
            }
        }
        else
        {
            for (var (layer, pin) = (from.Layer - 1, start); layer >= to.Layer; layer--)
            {
                var next = layer == to.Layer ? end : Pass(way, layer);
                var junction = At(way, layer, next, endIsRight: false);
                if (!junction.Right.Contains(pin))
                {
                    junction.Right.Add(pin);
                    Tie(new Strand(next, pin, way));
                }

                junctions.Add(junction);
                pin = next;
            }
        }

        Edges[index] = (start, junctions, end);
    }

    private static void Tie(Strand strand)
    {
        strand.Left.Node.Right.Add(strand);
        strand.Right.Node.Left.Add(strand);
    }

    private Pin Pass(int way, int layer)
    {
        if (!passes.TryGetValue((way, layer), out var node))
        {
            passes[(way, layer)] = node = new Node(layer, 0, null);
            Layers[layer].Add(node);
        }

        return new Pin(node, 0);
    }

    private Junction At(int way, int gap, Pin end, bool endIsRight)
    {
        var junction = Gaps[gap].Find(j => j.Way == way);
        if (junction is null)
        {
            junction = new Junction(way, end);
            (endIsRight ? junction.Right : junction.Left).Add(end);
            Gaps[gap].Add(junction);
        }

        return junction;
    }
}

/// <summary>One way between two columns: what comes from either side meets on one vertical line.</summary>
/// <param name="End">Where it goes on to the referenced row.</param>
internal sealed record Junction(int Way, Pin End)
{
    public List<Pin> Left { get; } = [];

    public List<Pin> Right { get; } = [];

    public int Track { get; set; }

    public int X { get; set; }

    public IEnumerable<Pin> Pins => Left.Concat(Right);

    public double Top { get; private set; }

    public double Bottom { get; private set; }

    public bool IsStraight => Bottom - Top < 0.5;

    /// <summary>Once its pins stay where they are.</summary>
    public void Measure() => (Top, Bottom) = (Pins.Min(p => p.Y), Pins.Max(p => p.Y));
}
