namespace Sluice.Diagram.Layout;

/// <summary>
/// Which column of the drawing each box stands in. An edge may go either way, so that there are no cycles to break and a table that
/// everybody references has the others on both sides; only two neighbours never stand in one column.
/// </summary>
internal static class Layers
{
    private const int Forbidden = 10_000;
    private const int Rounds = 12;

    /// <param name="members">Boxes that stand in columns of their own.</param>
    /// <param name="limit">How tall a column should be at most.</param>
    /// <returns>The column of each member, from 0 on.</returns>
    public static int[] Assign(Sketch sketch, IReadOnlyList<int> members, int limit)
    {
        var place = members.Index().ToDictionary(m => m.Item, m => m.Index);
        var neighbours = members.Select(_ => new List<int>()).ToArray();
        foreach (var edge in sketch.Edges)
        {
            if (edge.From != edge.To && place.TryGetValue(edge.From, out var from) && place.TryGetValue(edge.To, out var to))
            {
                neighbours[from].Add(to);
                neighbours[to].Add(from);
            }
        }

        var heights = members.Select(m => sketch.Boxes[m].Height + Spacing.BetweenBoxes).ToArray();
        var columns = new Columns(neighbours, heights, limit);
        foreach (var box in FromTheMiddle(neighbours))
        {
            columns.Place(box);
        }

        for (var i = 0; i < Rounds && columns.Improve(); i++)
        {
        }

        return columns.Numbers();
    }

    /// <summary>The box with the most edges first, then always the one with the most neighbours before it.</summary>
    private static IEnumerable<int> FromTheMiddle(List<int>[] neighbours)
    {
        var left = Enumerable.Range(0, neighbours.Length).ToHashSet();
        var seen = new int[neighbours.Length];
        while (left.Count > 0)
        {
            var next = left.MaxBy(b => (seen[b], neighbours[b].Count, -b));
            left.Remove(next);
            foreach (var neighbour in neighbours[next])
            {
                seen[neighbour]++;
            }

            yield return next;
        }
    }

    private sealed class Columns(List<int>[] neighbours, int[] heights, int limit)
    {
        private readonly int?[] column = new int?[heights.Length];
        private readonly Dictionary<int, int> filled = [];

        public void Place(int box) => Put(box, Cheapest(box));

        /// <summary>Moves each box to where it costs least; false when none moved.</summary>
        public bool Improve()
        {
            var moved = false;
            for (var box = 0; box < heights.Length; box++)
            {
                var before = column[box]!.Value;
                Take(box);
                var best = Cheapest(box);
                var isBetter = Cost(box, best) < Cost(box, before);
                Put(box, isBetter ? best : before);
                moved |= isBetter;
            }

            return moved;
        }

        public int[] Numbers()
        {
            var used = filled.Keys.Order().Index().ToDictionary(c => c.Item, c => c.Index);
            return [.. column.Select(c => used[c!.Value])];
        }

        private int Cheapest(int box)
        {
            var (low, high) = filled.Count == 0 ? (0, 0) : (filled.Keys.Min() - 1, filled.Keys.Max() + 1);
            return Enumerable.Range(low, high - low + 1).MinBy(c => (Cost(box, c), Math.Abs(c), c));
        }

        private int Cost(int box, int at)
        {
            var over = Math.Max(0, filled.GetValueOrDefault(at) + heights[box] - limit);
            var cost = (over * 400 / limit) + (filled.ContainsKey(at) ? 0 : 10);
            foreach (var neighbour in neighbours[box])
            {
                if (column[neighbour] is { } there)
                {
                    cost += there == at ? Forbidden : 20 * Math.Abs(there - at);
                }
            }

            return cost;
        }

        private void Put(int box, int at)
        {
            column[box] = at;
            filled[at] = filled.GetValueOrDefault(at) + heights[box];
        }

        private void Take(int box)
        {
            var at = column[box]!.Value;
            column[box] = null;
            filled[at] -= heights[box];
            if (filled[at] == 0)
            {
                filled.Remove(at);
            }
        }
    }
}
