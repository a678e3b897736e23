namespace Sluice.Diagram.Layout;

/// <summary>
/// How high each node stands: as near to what it is tied to as the order of its column allows. For one column that is a
/// least-squares fit of rising numbers, which pooling of violators solves exactly; columns are fitted in turn.
/// </summary>
internal static class Heights
{
    private const int Sweeps = 24;
    private const double PullToMiddle = 0.02;
    private const int Slip = 8;

    public static void Settle(Graph graph)
    {
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            foreach (var layer in sweep % 2 == 0 ? graph.Layers : graph.Layers.Reverse())
            {
                Fit(layer);
            }
        }

        foreach (var node in graph.Layers.SelectMany(l => l))
        {
            node.Top = Math.Round(node.Top, MidpointRounding.AwayFromZero);
        }

        foreach (var layer in graph.Layers)
        {
            Straighten(layer);
        }
    }

    /// <summary>A line that is all but straight becomes straight, where there is room and no other is bent for it.</summary>
    private static void Straighten(List<Node> layer)
    {
        for (var i = 0; i < layer.Count; i++)
        {
            var node = layer[i];
            var slips = node.Left.Select(s => s.Left.Y - s.Right.Y).Concat(node.Right.Select(s => s.Right.Y - s.Left.Y)).ToList();
            if (slips.Contains(0))
            {
                continue;
            }

            var slip = slips.Where(s => Math.Abs(s) <= Slip).OrderBy(Math.Abs).FirstOrDefault();
            var above = i == 0 || layer[i - 1].Top + layer[i - 1].Height + Gap(layer[i - 1], node) <= node.Top + slip;
            var below = i + 1 == layer.Count || node.Top + slip + node.Height + Gap(node, layer[i + 1]) <= layer[i + 1].Top;
            if (above && below)
            {
                node.Top += slip;
            }
        }
    }

    private static void Fit(List<Node> layer)
    {
        var blocks = new List<(double Sum, double Weight, int Count)>();
        var below = 0.0;
        var offsets = new double[layer.Count];
        for (var i = 0; i < layer.Count; i++)
        {
            if (i > 0)
            {
                below += layer[i - 1].Height + Gap(layer[i - 1], layer[i]);
            }

            offsets[i] = below;
            var (wanted, weight) = Wanted(layer[i]);
            blocks.Add(((wanted - below) * weight, weight, 1));
            while (blocks is [.., var a, var b] && a.Sum / a.Weight > b.Sum / b.Weight)
            {
                blocks.RemoveRange(blocks.Count - 2, 2);
                blocks.Add((a.Sum + b.Sum, a.Weight + b.Weight, a.Count + b.Count));
            }
        }

        var at = 0;
        foreach (var (sum, weight, count) in blocks)
        {
            for (var i = 0; i < count; i++, at++)
            {
                layer[at].Top = (sum / weight) + offsets[at];
            }
        }
    }

    private static int Gap(Node upper, Node lower) => (upper.Box, lower.Box) switch
    {
        (not null, not null) => Spacing.BetweenBoxes,
        (null, null) => Spacing.BetweenWays,
        _ => Spacing.BetweenBoxAndWay,
    };

    // Long ways are to be straight, more than short ones.
    private static (double Wanted, double Weight) Wanted(Node node)
    {
        var (sum, weight) = (-node.Height / 2.0 * PullToMiddle, PullToMiddle);
        foreach (var strand in node.Left)
        {
            Add(strand.Left, strand.Right);
        }

        foreach (var strand in node.Right)
        {
            Add(strand.Right, strand.Left);
        }

        return (sum / weight, weight);

        void Add(Pin other, Pin own)
        {
            var pull = (other.Node.Box, own.Node.Box) switch
            {
                (null, null) => 8,
                (not null, not null) => 1,
                _ => 2,
            };
            sum += (other.Y - own.Offset) * pull;
            weight += pull;
        }
    }
}
