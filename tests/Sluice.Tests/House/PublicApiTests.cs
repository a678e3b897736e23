using System.Reflection;
using System.Text;
using Xunit;

namespace Sluice.Tests.House;

/// <summary>The public surface is a reviewed text: `SLUICE_ACCEPT=1` rewrites it, and the difference is read in review.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_of_Sluice_is_the_reviewed_one() => Match(typeof(Migration).Assembly, "Sluice.api.txt");

    [Fact]
    public void The_public_surface_of_Sluice_Postgres_is_the_reviewed_one() => Match(Assembly.Load("Sluice.Postgres"), "Sluice.Postgres.api.txt");

    private static void Match(Assembly assembly, string file)
    {
        var path = Path.Combine(Repository.Root, "tests/Sluice.Tests/House", file);
        var now = Describe(assembly);
        if (Environment.GetEnvironmentVariable("SLUICE_ACCEPT") == "1")
        {
            File.WriteAllText(path, now);
        }

        Assert.Equal(File.ReadAllText(path), now);
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
