namespace EventPlatform;

/// <summary>So many at once, for each name.</summary>
internal sealed class Seats(int most)
{
    private readonly Dictionary<string, int> taken = new(StringComparer.Ordinal);

    public bool TryTake(string name)
    {
        lock (taken)
        {
            var count = taken.GetValueOrDefault(name);
            if (count >= most)
            {
                return false;
            }

            taken[name] = count + 1;
            return true;
        }
    }

    public void GiveBack(string name)
    {
        lock (taken)
        {
            // A name that nobody has takes no room.
            if (--taken[name] == 0)
            {
                taken.Remove(name);
            }
        }
    }
}
