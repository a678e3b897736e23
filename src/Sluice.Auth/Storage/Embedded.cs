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

    private static Stream Open(string name) =>
        Self.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the assembly.");
}
