namespace Sluice.Cli.Projects;

/// <summary>Writes a file whole or not at all.</summary>
internal static class AtomicFile
{
    public static async Task WriteAsync(string path, string text, CancellationToken stop)
    {
        // Through a link to the file itself, so that the link stays one.
        var target = (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var temporary = target + ".sluice-new";
        try
        {
            await File.WriteAllTextAsync(temporary, text, stop);
            if (File.Exists(target) && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
            }

            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
