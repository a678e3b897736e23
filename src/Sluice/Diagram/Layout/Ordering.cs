namespace Sluice.Diagram.Layout;

/// <summary>The order of each column from top to bottom, so that few strands cross: barycenters, then exchanges of two that stand beside each other.</summary>
internal static class Ordering
{
    private const int Sweeps = 16;

    public static void Improve(Graph graph)
    {
        Restack(graph);
        var best = Save(graph);
        var fewest = Crossings(graph);
        for (var sweep = 0; sweep < Sweeps && fewest > 0; sweep++)
        {
            var layers = sweep % 2 == 0 ? graph.Layers : graph.Layers.Reverse();
            foreach (var layer in layers)
            {
                Sort(layer, sweep % 2 == 0, both: sweep % 4 >= 2);
            }

            Exchange(graph);
            var now = Crossings(graph);
            if (now < fewest)
            {
                (fewest, best) = (now, Save(graph));
            }
        }

        Restore(graph, best);
    }

    /// <summary>Pairs of strands of different ways that cross between their columns.</summary>
    public static int Crossings(Graph graph)
    {
        var count = 0;
        foreach (var layer in graph.Layers)
        {
            var strands = layer.SelectMany(n => n.Right).Select(s => (Left: s.Left.Y, Right: s.Right.Y, s.Way)).ToArray();
            count += Inversions(strands.Select(s => (s.Left, s.Right))) - strands.GroupBy(s => s.Way).Sum(w => Inversions(w.Select(s => (s.Left, s.Right))));
        }

        return count;
    }

    /// <summary>Pairs of which the one begins above the other and ends below it: counted while the ends are sorted, so that thousands take no longer than they must.</summary>
    private static int Inversions(IEnumerable<(double Left, double Right)> strands)
    {
        // Those that begin together do not cross, and stand in the order of their ends.
        var ends = strands.OrderBy(s => s.Left).ThenBy(s => s.Right).Select(s => s.Right).ToArray();
        return Sorted(ends, new double[ends.Length], 0, ends.Length);

        static int Sorted(double[] all, double[] space, int from, int to)
        {
            if (to - from < 2)
            {
                return 0;
            }

            var middle = (from + to) / 2;
            var count = Sorted(all, space, from, middle) + Sorted(all, space, middle, to);
            var (left, right) = (from, middle);
            for (var at = from; at < to; at++)
            {
                if (right == to || (left < middle && all[left] <= all[right]))
                {
                    space[at] = all[left++];
                }
                else
                {
                    count += middle - left;
                    space[at] = all[right++];
                }
            }

            Array.Copy(space, from, all, from, to - from);
            return count;
        }
    }

    public static void Restack(Graph graph)
    {
        foreach (var layer in graph.Layers)
        {
            Restack(layer);
        }
    }

    private static void Restack(List<Node> layer)
    {
        var at = 0.0;
        foreach (var node in layer)
        {
            node.Top = at;
            at += node.Height + 20;
        }

        foreach (var node in layer)
        {
            node.Top -= at / 2;
        }
    }

    private static void Sort(List<Node> layer, bool byLeft, bool both)
    {
        var keys = layer.ToDictionary(n => n, n => Barycenter(n, byLeft, both));
        var sorted = layer.OrderBy(n => keys[n]).ToList();
        layer.Clear();
        layer.AddRange(sorted);
        Restack(layer);
    }

    private static double Barycenter(Node node, bool byLeft, bool both)
    {
        var (sum, count) = (0.0, 0);
        if (byLeft || both)
        {
            foreach (var strand in node.Left)
            {
                sum += strand.Left.Y - strand.Right.Offset;
                count++;
            }
        }

        if (!byLeft || both)
        {
            foreach (var strand in node.Right)
            {
                sum += strand.Right.Y - strand.Left.Offset;
                count++;
            }
        }

        return count == 0 ? node.Top : (sum / count) + (node.Height / 2.0);
    }

    private static void Exchange(Graph graph)
    {
        for (var (round, changed) = (0, true); changed && round < 8; round++)
        {
            changed = false;
            foreach (var layer in graph.Layers)
            {
                for (var i = 0; i + 1 < layer.Count; i++)
                {
                    if (Between(layer[i], layer[i + 1]) > Between(layer[i + 1], layer[i]))
                    {
                        (layer[i], layer[i + 1]) = (layer[i + 1], layer[i]);
                        changed = true;
                    }
                }

                Restack(layer);
            }
        }
    }

    /// <summary>Crossings of two nodes' strands when the one is above the other.</summary>
    private static int Between(Node upper, Node lower)
    {
        var count = 0;
        foreach (var above in upper.Left)
        {
            foreach (var below in lower.Left)
            {
                count += above.Way != below.Way && above.Left.Y > below.Left.Y ? 1 : 0;
            }
        }

        foreach (var above in upper.Right)
        {
            foreach (var below in lower.Right)
            {
                count += above.Way != below.Way && above.Right.Y > below.Right.Y ? 1 : 0;
            }
        }

        return count;
    }

    private static Node[][] Save(Graph graph) => [.. graph.Layers.Select(l => l.ToArray())];

    private static void Restore(Graph graph, Node[][] saved)
    {
        foreach (var (layer, nodes) in graph.Layers.Zip(saved))
        {
            layer.Clear();
            layer.AddRange(nodes);
        }

        Restack(graph);
    }
}
