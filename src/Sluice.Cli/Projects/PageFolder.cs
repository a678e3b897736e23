using System.Collections.Immutable;
using Sluice.Documentation;

namespace Sluice.Cli.Projects;

/// <summary>What is to happen in a folder of pages. Files that others wrote are never touched.</summary>
/// <param name="Stale">Pages of an earlier run about what is gone.</param>
internal sealed record PageFolder(string Path, ImmutableArray<Page> Changed, ImmutableArray<string> Stale, int Unchanged)
{
    // Where the mark stands: in the head.
    private const int Head = 400;
    private static readonly string[] Folders = ["", "tables", "views"];

    public static PageFolder Compare(string folder, ImmutableArray<Page> pages)
    {
        if (File.Exists(folder))
        {
            throw new StopException($"{Paths.Show(folder)} is a file; the pages need a folder.", null, "Name another with `--output`.");
        }

        var there = Directory.Exists(folder)
            ? Folders.Select(d => System.IO.Path.Combine(folder, d)).Where(Directory.Exists)
                .SelectMany(Directory.GetFiles).Where(f => f.EndsWith(".html", StringComparison.Ordinal) || f.EndsWith(".js", StringComparison.Ordinal) || f.EndsWith(".css", StringComparison.Ordinal))
                .ToDictionary(f => System.IO.Path.GetRelativePath(folder, f).Replace('\\', '/'), File.ReadAllText)
            : [];
        var changed = ImmutableArray.CreateBuilder<Page>();
        foreach (var page in pages)
        {
            // Where case counts for nothing, somebody's Index.html is our index.html.
            if (!there.Remove(page.Path, out var now) && System.IO.Path.Combine(folder, page.Path) is var path && File.Exists(path))
            {
                now = File.ReadAllText(path);
            }

            if (now is not null && !IsOwn(now))
            {
                throw new StopException($"{Paths.Show(System.IO.Path.Combine(folder, page.Path))} was not made by `sluice docs`, and would be replaced.", null, "Name another folder with `--output`.");
            }

            if (now?.ReplaceLineEndings("\n") != page.Text)
            {
                changed.Add(page);
            }
        }

        return new PageFolder(folder, changed.ToImmutable(), [.. there.Where(f => IsOwn(f.Value)).Select(f => f.Key).Order(StringComparer.Ordinal)], pages.Length - changed.Count);
    }

    public void Write()
    {
        foreach (var page in Changed)
        {
            AtomicFile.Write(System.IO.Path.Combine(Path, page.Path), page.Text);
        }

        foreach (var file in Stale)
        {
            File.Delete(System.IO.Path.Combine(Path, file));
        }
    }

    private static bool IsOwn(string text) =>
        text.StartsWith($"/* {SiteWriter.Mark} */", StringComparison.Ordinal) || text.StartsWith($"// {SiteWriter.Mark}", StringComparison.Ordinal)
        || (text.StartsWith("<!doctype html>", StringComparison.Ordinal) && text.AsSpan(0, Math.Min(text.Length, Head)).Contains($"<meta name=\"generator\" content=\"{SiteWriter.Mark}\">", StringComparison.Ordinal));
}
