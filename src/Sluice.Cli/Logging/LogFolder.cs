using Sluice.Cli.Options;

namespace Sluice.Cli.Logging;

/// <summary>Where logs lie: for their owner alone, because statements and messages tell of the data.</summary>
internal static class LogFolder
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static string Of(Session session) =>
        session.Get(OperatingOptions.LogDir) is { } named
            ? Path.GetFullPath(named)
            : Path.Combine(Path.GetDirectoryName(session.Project.MigrationsPath) ?? session.Project.MigrationsPath, "logs");

    public static void Ensure(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, Owner | UnixFileMode.UserExecute);
        }

        // Beside migrations everything is under version control; logs are not meant to be.
        try
        {
            using var ignore = CreateFile(Path.Combine(folder, ".gitignore"));
            ignore.Write("*\n"u8);
        }
        catch (IOException) when (File.Exists(Path.Combine(folder, ".gitignore")))
        {
            // Another run was first.
        }
    }

    /// <exception cref="IOException">There is such a file.</exception>
    public static FileStream CreateFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Owner;
        }

        return new FileStream(path, options);
    }
}
