using System.Collections.Immutable;
using System.Globalization;

namespace Sluice.Postgres.Migrations;

/// <summary>The migrations of one state of a branch: name, and what identifies the script's text.</summary>
/// <param name="Replaced">Those that a squash among them stands for.</param>
public sealed record BranchState(ImmutableSortedDictionary<string, string> Scripts, ImmutableHashSet<string> Replaced);

/// <summary>What goes wrong when two branches that left the same base are merged.</summary>
/// <param name="Migration">Of this branch, or of both.</param>
/// <param name="Other">Of the other branch; null where it is the same one.</param>
/// <param name="Finding">In words.</param>
/// <param name="NewName">What this branch's should be called; null where a name does not help.</param>
public sealed record BranchCollision(BranchCollisionKind Kind, string Migration, string? Other, string Finding, string? NewName);

public enum BranchCollisionKind
{
    /// <summary>Databases that have the other's would get ours out of order.</summary>
    Order,

    /// <summary>Both added the same name or version.</summary>
    SameVersion,

    /// <summary>Changed since the base, on one side or both: databases have it as it was.</summary>
    Edited,

    /// <summary>Taken away since the base.</summary>
    Removed,
}

/// <summary>Compares what two branches did to the migrations they both began with.</summary>
public static class BranchCollisions
{
    /// <param name="start">Where they parted.</param>
    public static ImmutableArray<BranchCollision> Find(MigrationLayout layout, BranchState start, BranchState ours, BranchState theirs)
    {
        var all = start.Scripts.Keys.Concat(ours.Scripts.Keys).Concat(theirs.Scripts.Keys).Distinct(StringComparer.Ordinal).ToList();
        IComparer<string> order = layout is MigrationLayout.Versioned ? new VersionOrder(all) : StringComparer.Ordinal;
        var versions = layout is MigrationLayout.Versioned ? new VersionOrder(all) : null;
        bool Same(string a, string b) => versions is null ? a == b : versions.CompareVersions(VersionedName.VersionOf(a), VersionedName.VersionOf(b)) == 0;

        var added = ours.Scripts.Keys.Where(n => !start.Scripts.ContainsKey(n)).Order(order).ToList();
        var others = theirs.Scripts.Keys.Where(n => !start.Scripts.ContainsKey(n)).Order(order).ToList();
        var found = ImmutableArray.CreateBuilder<BranchCollision>();
        found.AddRange(Changed(start, ours, theirs));
        var next = all.OrderBy(n => n, order).LastOrDefault();
        foreach (var mine in added)
        {
            if (others.Find(t => Same(mine, t)) is { } twin)
            {
                if (ours.Scripts[mine] != theirs.Scripts.GetValueOrDefault(twin) || mine != twin)
                {
                    found.Add(new BranchCollision(
                        BranchCollisionKind.SameVersion, mine, twin, mine == twin ? "both branches added it, each with another text" : $"has the same version as {twin} of the other branch", next = After(next, mine, layout)));
                }
            }
            else if (others.Count > 0 && order.Compare(mine, others[^1]) < 0)
            {
                found.Add(new BranchCollision(
                    BranchCollisionKind.Order, mine, others[^1], $"comes before {others[^1]} of the other branch: databases that have that one get it out of order", next = After(next, mine, layout)));
            }
        }

        return found.ToImmutable();
    }

    private static IEnumerable<BranchCollision> Changed(BranchState start, BranchState ours, BranchState theirs)
    {
        foreach (var (name, script) in start.Scripts)
        {
            var (here, there) = (Fate(ours, name, script), Fate(theirs, name, script));
            if (here is null && there is null)
            {
                continue;
            }

            var kind = here is BranchCollisionKind.Edited || there is BranchCollisionKind.Edited ? BranchCollisionKind.Edited : BranchCollisionKind.Removed;
            var where = (here is not null, there is not null) switch { (true, true) => "on both branches", (true, false) => "on this branch", _ => "on the other branch" };
            yield return new BranchCollision(kind, name, null, $"{(kind is BranchCollisionKind.Edited ? "was edited" : "was removed")} {where} since they parted", null);
        }
    }

    private static BranchCollisionKind? Fate(BranchState side, string name, string script) =>
        side.Scripts.TryGetValue(name, out var now) ? (now == script ? null : BranchCollisionKind.Edited)
        : side.Replaced.Contains(name) ? null
        : BranchCollisionKind.Removed;

    /// <summary>The name that comes after <paramref name="last"/>, with the description of <paramref name="migration"/>.</summary>
    private static string After(string? last, string migration, MigrationLayout layout)
    {
        var description = VersionedName.DescriptionOf(migration);
        var version = VersionedName.VersionOf(last ?? migration);
        if (layout is MigrationLayout.Folder && MigrationName.Time(version) is { } time)
        {
            return MigrationName.For(description, time.AddSeconds(1));
        }

        // A number of any length, kept as wide as it is.
        var digits = version.Length - version.TrimEnd("0123456789".ToCharArray()).Length;
        var number = digits is > 0 and < 19 && long.TryParse(version.AsSpan()[^digits..], CultureInfo.InvariantCulture, out var value) ? value + 1 : 1;
        return $"{version[..^digits]}{number.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0')}_{description}";
    }
}
