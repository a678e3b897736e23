using Sluice.Auth.Settings;
using Xunit;

namespace Sluice.Auth.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void What_is_not_set_is_said_with_what_to_set()
    {
        var said = string.Join('\n', new OptionsCheck().Validate(null, new SluiceAuthOptions()).Failures!);

        Assert.Contains("DatabaseUrl is empty. Set it", said, StringComparison.Ordinal);
        Assert.Contains("Issuer is ``. Set it", said, StringComparison.Ordinal);
        Assert.Contains("Audience is empty. Set it", said, StringComparison.Ordinal);
        Assert.Contains("openssl rand -base64 32", said, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_set_wrongly_is_said_without_saying_the_secret()
    {
        var options = new SluiceAuthOptions
        {
            DatabaseUrl = "postgresql://localhost/app",
            Issuer = "http://auth.example.com",
            Audience = "api",
            Secret = "c2hvcnQ=",
            Tokens = { Algorithm = "HS256", HmacSecret = "hunter2", ClockSkew = TimeSpan.FromMinutes(5) },
            Passwords = { MinimumLength = 4, BcryptCost = 4, Pbkdf2Iterations = 1000, Argon2MemoryKiB = 64 },
            Sessions = { ReplayWindow = TimeSpan.FromDays(1) },
            Factors = { Name = "Ours: the best", TriesPerChallenge = 1000, TriesPerAccount = default, FreshFor = TimeSpan.Zero },
            DisabledRoutes = { "registr" },
        };

        var said = string.Join('\n', new OptionsCheck().Validate(null, options).Failures!);

        Assert.DoesNotContain("hunter2", said, StringComparison.Ordinal);
        foreach (var word in new[] { "https", "JWT_SECRET", "ClockSkew", "MinimumLength", "BcryptCost", "Pbkdf2Iterations", "Argon2", "ReplayWindow", "Factors.Name", "TriesPerChallenge", "TriesPerAccount", "FreshFor", "`registr`" })
        {
            Assert.Contains(word, said, StringComparison.Ordinal);
        }
    }
}
