using System.Collections.Immutable;

namespace Sluice.Postgres.Journal;

/// <summary>How a link of the chain stands to the others.</summary>
internal enum Place
{
    Sound,

    /// <summary>Its hash fits behind no other link: it was edited, or the one it followed is gone.</summary>
    Broken,

    /// <summary>A later link goes on from before it.</summary>
    Inserted,

    /// <summary>It follows another one than the one it stands behind.</summary>
    Moved,
}

/// <summary>Tells from a chain's hashes what was done to it.</summary>
internal static class ChainOrder
{
    // Each look is a hash; where every link is broken, looking at all for each would never end.
    private const int Reach = 64;

    /// <param name="follows">Whether a link's hash is right behind another one; -1 is the chain's beginning.</param>
    public static ImmutableArray<Place> Of(int count, Func<int, int, bool> follows)
    {
        var before = new int?[count];
        for (var i = 0; i < count; i++)
        {
            before[i] = follows(i, i - 1) ? i - 1 : Search(i, count, follows);
        }

        var places = before.Select(b => b is null ? Place.Broken : Place.Sound).ToArray();
        var moved = Enumerable.Range(0, count).Any(i => before[i] > i);
        for (var i = 0; i < count; i++)
        {
            if (before[i] is not { } from || from == i - 1)
            {
                continue;
            }

            if (moved)
            {
                places[i] = Place.Moved;
            }
            else
            {
                places.AsSpan(from + 1, i - from - 1).Fill(Place.Inserted);
            }
        }

        return [.. places];
    }

    private static int? Search(int link, int count, Func<int, int, bool> follows)
    {
        for (var other = Math.Max(-1, link - Reach); other < Math.Min(count, link + Reach); other++)
        {
            if (other != link && follows(link, other))
            {
                return other;
            }
        }

        return null;
    }
}
