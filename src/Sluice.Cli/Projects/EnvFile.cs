namespace Sluice.Cli.Projects;

/// <summary>Sets one variable in a `.env` file and leaves every other line as it is.</summary>
internal static class EnvFile
{
    public static async Task SetAsync(string path, string name, string value, CancellationToken stop)
    {
        var lines = File.Exists(path) ? (await File.ReadAllTextAsync(path, stop)).TrimEnd('\n').Split('\n').ToList() : [];
        var line = $"{name}=\"{value}\"";
        var index = lines.FindIndex(l => l.TrimStart().StartsWith(name + "=", StringComparison.Ordinal));
        if (index >= 0)
        {
            lines[index] = line;
        }
        else
        {
            lines.Add(line);
        }

        AtomicFile.Write(path, string.Join('\n', lines.SkipWhile(l => l.Length == 0)) + "\n", secret: true);
    }
}
