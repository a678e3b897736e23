namespace Sluice.Tests.Support;

/// <summary>Where the checkout is, found from the running assembly.</summary>
public static class Repository
{
    public static string Root { get; } = Path.GetDirectoryName(FindAbove("Sluice.slnx"))
        ?? throw new InvalidOperationException($"No Sluice.slnx above {AppContext.BaseDirectory}.");

    /// <summary>The nearest `parent/<paramref name="relative"/>` that exists, from the assembly's folder to the root.</summary>
    public static string? FindAbove(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, relative);
            if (Path.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
