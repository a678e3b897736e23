using Sluice.Studio;

namespace Sluice.Browser.Tests.Studio;

public sealed class PublicSurfaceTests
{
    [Fact]
    public void The_public_surface_of_Sluice_Studio_is_the_reviewed_one()
    {
        var (reviewed, now) = PublicSurface.Of(typeof(StudioServer).Assembly, "Sluice.Studio.api.txt");
        Assert.Equal(reviewed, now);
    }
}
