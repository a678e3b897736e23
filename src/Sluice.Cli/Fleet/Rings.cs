using System.Collections.Immutable;
using System.Globalization;
using Sluice.Cli.Options;

namespace Sluice.Cli.Fleet;

/// <summary>Who goes first: the canaries, then ring by ring, each begun when the one before is done.</summary>
internal static class Rings
{
    private static readonly ImmutableArray<int> OneCanary = [1];

    /// <param name="configured">Sizes of sluice.json; `--rings` says otherwise.</param>
    public static ImmutableArray<ImmutableArray<Target>> Of(Session session, ImmutableArray<Target> targets, ImmutableArray<int> configured) =>
        Of(targets, session.Get(FleetOptions.Rings) is { } typed ? Sizes(typed) : configured.IsEmpty ? null : configured);

    /// <param name="sizes">Null where nobody has said any.</param>
    internal static ImmutableArray<ImmutableArray<Target>> Of(ImmutableArray<Target> targets, ImmutableArray<int>? sizes)
    {
        if (sizes is null && targets.Any(t => t.Ring is not null))
        {
            // Those that say none go last.
            return [.. targets.GroupBy(t => t.Ring ?? int.MaxValue).OrderBy(g => g.Key).Select(g => g.ToImmutableArray())];
        }

        var rings = ImmutableArray.CreateBuilder<ImmutableArray<Target>>();
        var begun = 0;
        foreach (var size in (sizes ?? OneCanary).Append(targets.Length))
        {
            if (begun < targets.Length)
            {
                rings.Add([.. targets.Skip(begun).Take(size)]);
                begun += size;
            }
        }

        return rings.ToImmutable();
    }

    private static ImmutableArray<int> Sizes(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var sizes = parts[^1] is "rest" ? parts[..^1] : parts;
        return
        [
            .. sizes.Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
                ? size
                : throw new StopException($"{FleetOptions.Rings.Name} is `{text}`; write how many targets each ring has, for example `1,10,rest`.")),
        ];
    }
}
