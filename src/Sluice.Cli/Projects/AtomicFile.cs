using System.Text;

namespace Sluice.Cli.Projects;

/// <summary>Writes a file whole or not at all. At once: handing each of a thousand small files to another thread costs more than writing it.</summary>
internal static class AtomicFile
{
    /// <param name="secret">A new file is for its owner alone.</param>
    public static void Write(string path, string text, bool secret = false)
    {
        // Through a link to the file itself, so that the link stays one.
        var target = (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);

        // A name of its own, because two commands may write the same file at once; and never wider open than the file it replaces.
        var temporary = $"{target}.{Guid.NewGuid():N}.sluice-new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = File.Exists(target) ? File.GetUnixFileMode(target) : secret ? UnixFileMode.UserRead | UnixFileMode.UserWrite : null;
        }

        try
        {
            using (var writer = new StreamWriter(temporary, new UTF8Encoding(false), options))
            {
                writer.Write(text);
            }

            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
