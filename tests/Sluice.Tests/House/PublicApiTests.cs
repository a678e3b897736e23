using System.Reflection;
using Sluice.Tests.Support;
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
        var (reviewed, now) = PublicSurface.Of(assembly, file);
        Assert.Equal(reviewed, now);
    }
}
