using Sluice.Catalog;
using Sluice.Text;

namespace Sluice.Diff;

/// <summary>Extensions are added and changed, and never removed for a schema, which does not have to name every one a server has.</summary>
internal static class ExtensionDifference
{
    public static IEnumerable<Change> Of(EquatableArray<Extension> from, EquatableArray<Extension> to, bool exact)
    {
        var extensions = KeyedDifference.Of(from.Items, to.Items, e => e.Name);
        foreach (var (previous, next) in extensions.Common)
        {
            if (!Match(previous.Version, next.Version) || !Match(previous.Schema, next.Schema))
            {
                yield return new Change.ExtensionChanged(previous, next);
            }
        }

        // Every database has plpgsql from its first day.
        foreach (var extension in extensions.Added.Where(e => e.Name != "plpgsql"))
        {
            yield return new Change.ExtensionAdded(extension);
        }

        foreach (var extension in extensions.Removed.Where(e => exact && e.Name != "plpgsql"))
        {
            yield return new Change.ExtensionRemoved(extension);
        }
    }

    /// <summary>What one side does not state cannot differ.</summary>
    private static bool Match(string? left, string? right) =>
        string.IsNullOrEmpty(left) || string.IsNullOrEmpty(right) || left == right;
}
