namespace Sluice.Postgres.Backup;

/// <summary>Files and folders that nobody but their owner can read: they hold everything the database does.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnFolder = OwnFile | UnixFileMode.UserExecute;

    public static FileStream Create(string path) => new(path, Options(FileMode.Create));

    /// <summary>True when it was not there.</summary>
    public static bool CreateFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return false;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnFolder);
        }

        return true;
    }

    public static void CreateBackupFolder(string path)
    {
        if (CreateFolder(path))
        {
            // What a database holds has no place in version control.
            File.WriteAllText(Path.Combine(path, ".gitignore"), "*\n");
        }
    }

    /// <summary>Nobody but the owner can read or write it. A link is what it leads to.</summary>
    public static bool IsPrivate(string path)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        return OperatingSystem.IsWindows() || (File.GetUnixFileMode(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path) & Others) == 0;
    }

    /// <summary>Other programs create files as the umask says.</summary>
    public static void Close(string archive)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        if (File.Exists(archive))
        {
            File.SetUnixFileMode(archive, OwnFile);
            return;
        }

        File.SetUnixFileMode(archive, OwnFolder);
        foreach (var file in Directory.EnumerateFiles(archive))
        {
            File.SetUnixFileMode(file, OwnFile);
        }
    }

    public static void Delete(string archive)
    {
        if (Directory.Exists(archive))
        {
            Directory.Delete(archive, recursive: true);
        }
        else
        {
            File.Delete(archive);
        }
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnFile;
        }

        return options;
    }
}
