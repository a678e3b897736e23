using System.Collections.Immutable;
using Sluice.CodeGen.EFCore;

namespace Sluice.Cli.Projects;

/// <summary>What is to happen in a folder of generated code. Files that others wrote are never touched.</summary>
/// <param name="Stale">Files of an earlier run that the schema has no use for any more.</param>
internal sealed record GeneratedFolder(string Path, ImmutableArray<GeneratedFile> Changed, ImmutableArray<string> Stale, int Unchanged)
{
    public static GeneratedFolder Compare(string folder, ImmutableArray<GeneratedFile> files)
    {
        var changed = ImmutableArray.CreateBuilder<GeneratedFile>();
        var there = Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.cs").ToDictionary(f => System.IO.Path.GetFileName(f), StringComparer.Ordinal)
            : [];
        foreach (var file in files)
        {
            var now = there.Remove(file.Path, out var path) ? File.ReadAllText(path) : null;
            if (now is not null && !EFCoreGenerator.IsOwn(now.ReplaceLineEndings("\n")))
            {
                throw new StopException(
                    $"{Paths.Show(path!)} was not made by `sluice generate`, and would be replaced.",
                    "SL6002",
                    "Move it elsewhere, or name another folder: `output` in the generator block.");
            }

            // A checkout on another system may have changed the line breaks, and nothing else.
            if (now is null || now.ReplaceLineEndings("\n") != file.Text)
            {
                changed.Add(file);
            }
        }

        var stale = there.Values.Where(f => EFCoreGenerator.IsOwn(File.ReadAllText(f).ReplaceLineEndings("\n"))).Order(StringComparer.Ordinal);
        return new GeneratedFolder(folder, changed.ToImmutable(), [.. stale], files.Length - changed.Count);
    }

    public async Task WriteAsync(CancellationToken stop)
    {
        foreach (var file in Changed)
        {
            AtomicFile.Write(System.IO.Path.Combine(Path, file.Path), file.Text);
        }

        foreach (var file in Stale)
        {
            File.Delete(file);
        }
    }

    public bool IsCurrent => Changed.IsEmpty && Stale.IsEmpty;
}
