namespace Sluice.Diagram.Layout;

/// <summary>The rooms between columns: each junction's vertical line gets a track, so that few lines cross and none lies on another.</summary>
internal static class Channels
{
    private const int OnTopOfEachOther = 30;
    private const double Near = 3;

    /// <summary>Gives each junction of a room its track.</summary>
    /// <returns>How many tracks there are.</returns>
    public static int Route(List<Junction> room)
    {
        room.ForEach(j => j.Measure());
        var bent = room.Where(j => !j.IsStraight).OrderBy(j => j.Top).ThenBy(j => j.Way).ToList();
        var order = new List<Junction>();
        foreach (var junction in bent)
        {
            order.Insert(BestPlace(order, junction), junction);
        }

        foreach (var junction in bent)
        {
            order.Remove(junction);
            order.Insert(BestPlace(order, junction), junction);
        }

        for (var i = 0; i < order.Count; i++)
        {
            order[i].Track = order.Take(i).Where(o => Meet(o, order[i])).Select(o => o.Track + 1).DefaultIfEmpty().Max();
        }

        return order.Count == 0 ? 0 : order.Max(j => j.Track) + 1;
    }

    private static int BestPlace(List<Junction> order, Junction junction)
    {
        // From the leftmost place, one step to the right at a time: what changes is the one that is passed.
        var cost = 0;
        var (best, least) = (0, 0);
        for (var i = 0; i < order.Count; i++)
        {
            cost += Cost(order[i], junction) - Cost(junction, order[i]);
            if (cost < least)
            {
                (best, least) = (i + 1, cost);
            }
        }

        return best;
    }

    /// <summary>What it costs when the one's line is left of the other's.</summary>
    private static int Cost(Junction left, Junction right)
    {
        var cost = 0;
        foreach (var pin in right.Left)
        {
            cost += pin.Y > left.Top && pin.Y < left.Bottom ? 1 : 0;
            cost += left.Right.Exists(p => Math.Abs(p.Y - pin.Y) < Near) ? OnTopOfEachOther : 0;
        }

        foreach (var pin in left.Right)
        {
            cost += pin.Y > right.Top && pin.Y < right.Bottom ? 1 : 0;
        }

        return cost;
    }

    private static bool Meet(Junction a, Junction b) =>
        (a.Top < b.Bottom + Spacing.BetweenTracks && b.Top < a.Bottom + Spacing.BetweenTracks) || Cost(a, b) != Cost(b, a);
}
