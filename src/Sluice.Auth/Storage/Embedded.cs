using System.Reflection;

namespace Sluice.Auth.Storage;

/// <summary>The files that travel in the assembly.</summary>
internal static class Embedded
{
    private static readonly Assembly Self = typeof(Embedded).Assembly;

    public static IEnumerable<string> NamesBelow(string folder) => Self.GetManifestResourceNames().Where(n => n.StartsWith(folder, StringComparison.Ordinal));

    public static string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    /// <summary>Writes those below a folder to the disk, for what reads files.</summary>
    public static async Task WriteBelowAsync(string folder, string target, CancellationToken cancellation)
    {
        foreach (var name in NamesBelow(folder + "/"))
        {
            var path = Path.Combine(target, name[(folder.Length + 1)..]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using var file = File.Create(path);
            await using var resource = Open(name);
            await resource.CopyToAsync(file, cancellation);
        }
    }

    private static Stream Open(string name) =>
        Self.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the assembly.");
}
