using System.Text;

namespace Sluice.Cli.Projects;

/// <summary>Writes a file whole or not at all. At once: handing each of a thousand small files to another thread costs more than writing it.</summary>
internal static class AtomicFile
{
    /// <param name="secret">A new file is for its owner alone.</param>
    public static void Write(string path, string text, bool secret = false)
    {
        // Through a link to the file itself, so that the link stays one.
        var replaces = File.Exists(path);
        var target = (replaces ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
        if (!replaces)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        }

        // A name of its own, because two commands may write the same file at once; and never wider open than the file it replaces.
        var temporary = $"{target}.{Guid.NewGuid():N}.sluice-new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = replaces ? File.GetUnixFileMode(target) : secret ? UnixFileMode.UserRead | UnixFileMode.UserWrite : null;
        }

        var moved = false;
        try
        {
            using (var file = new FileStream(temporary, options))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
            }

            File.Move(temporary, target, overwrite: true);
            moved = true;
        }
        finally
        {
            if (!moved)
            {
                File.Delete(temporary);
            }
        }
    }
}
