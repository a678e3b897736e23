namespace Sluice.Cli.Projects;

/// <summary>The environment, and below it what the `.env` files say; they never override it.</summary>
internal sealed class Variables
{
    private readonly Dictionary<string, string> fromFiles = new(StringComparer.Ordinal);

    /// <summary>The files that were read.</summary>
    public List<string> Files { get; } = [];

    /// <summary>What the files say; the environment may say otherwise.</summary>
    public IReadOnlyDictionary<string, string> FromFiles => fromFiles;

    public string? this[string name] =>
        Environment.GetEnvironmentVariable(name) is { } value ? value : fromFiles.GetValueOrDefault(name);

    /// <summary>Reads a file when it exists; what an earlier one said stays.</summary>
    public void Load(string path)
    {
        if (!File.Exists(path) || Files.Contains(path))
        {
            return;
        }

        Files.Add(path);
        foreach (var (name, value) in DotEnv.Read(File.ReadAllText(path), n => this[n]))
        {
            fromFiles.TryAdd(name, value);
        }
    }
}
