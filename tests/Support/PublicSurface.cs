using System.Reflection;
using System.Text;

namespace Sluice.Tests.Support;

/// <summary>The public surface of an assembly as a text that is reviewed: `SLUICE_ACCEPT=1` rewrites it.</summary>
public static class PublicSurface
{
    /// <param name="file">In tests/Sluice.Tests/House.</param>
    public static (string Reviewed, string Now) Of(Assembly assembly, string file)
    {
        var path = Path.Combine(Repository.Root, "tests/Sluice.Tests/House", file);
        var now = Describe(assembly);
        if (Environment.GetEnvironmentVariable("SLUICE_ACCEPT") == "1")
        {
            File.WriteAllText(path, now);
        }

        return (File.ReadAllText(path), now);
    }

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(type.FullName).Append('\n');
            var members = type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(m => m is not Type && !IsMadeByTheCompiler(m))
                .Select(m => $"    {m}")
                .Distinct()
                .Order(StringComparer.Ordinal);
            foreach (var member in members)
            {
                text.Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    // Accessors, operators and what records and enums bring along say nothing that the property or the type does not say.
    private static bool IsMadeByTheCompiler(MemberInfo member) =>
        member is MethodInfo { IsSpecialName: true }
        || member.Name is "<Clone>$" or "Deconstruct" or "Equals" or "GetHashCode" or "ToString" or "PrintMembers" or "EqualityContract" or "value__";
}
