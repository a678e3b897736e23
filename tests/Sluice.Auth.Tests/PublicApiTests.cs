using Sluice.Auth.Settings;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_of_Sluice_Auth_is_the_reviewed_one()
    {
        var (reviewed, now) = PublicSurface.Of(typeof(SluiceAuthOptions).Assembly, "Sluice.Auth.api.txt");
        Assert.Equal(reviewed, now);
    }
}
