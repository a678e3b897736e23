using Sluice.Tests.Support;
using Xunit;

namespace Sluice.EntityFrameworkCore.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_of_Sluice_EntityFrameworkCore_is_the_reviewed_one()
    {
        var (reviewed, now) = PublicSurface.Of(typeof(SluiceContext).Assembly, "Sluice.EntityFrameworkCore.api.txt");
        Assert.Equal(reviewed, now);
    }
}
