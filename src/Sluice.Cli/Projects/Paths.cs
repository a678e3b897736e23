namespace Sluice.Cli.Projects;

/// <summary>Paths as messages show them: relative to the working directory, with forward slashes.</summary>
internal static class Paths
{
    public static string Show(string path)
    {
        var full = Path.GetFullPath(path);
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), full).Replace('\\', '/');
        return relative.StartsWith("../../..", StringComparison.Ordinal) ? full : relative;
    }
}
