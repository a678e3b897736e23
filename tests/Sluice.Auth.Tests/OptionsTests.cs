using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests;

public sealed class OptionsTests
{
    private const string Hmac = "a secret of this test that is long enough";

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
        foreach (var word in new[] { "Secret is not 32 bytes", "https", "JWT_SECRET", "ClockSkew", "MinimumLength", "BcryptCost", "Pbkdf2Iterations", "Argon2", "ReplayWindow", "Factors.Name", "TriesPerChallenge", "TriesPerAccount", "FreshFor", "`registr`" })
        {
            Assert.Contains(word, said, StringComparison.Ordinal);
        }
    }

    public static TheoryData<string, Action<SluiceAuthOptions>> Wrong => new()
    {
        { "Argon2 with 262145 KiB", o => o.Passwords.Argon2MemoryKiB = (256 * 1024) + 1 },
        { "Pbkdf2Iterations is 5000001", o => o.Passwords.Pbkdf2Iterations = 5_000_001 },
        { "Secret is not 32 bytes", o => (o.Tokens.Algorithm, o.Tokens.HmacSecret, o.Secret) = ("HS256", Hmac, "x") },
        { "Secret is not 32 bytes", o => (o.Tokens.Algorithm, o.Tokens.HmacSecret, o.Secret) = ("HS256", Hmac, "") },
        { "Secret is not 32 bytes", o => o.Secret = "" },
        { "Lockout.KnownFor is 00:00:00", o => o.Lockout.KnownFor = TimeSpan.Zero },
        { "Lockout.KnownFor is 23:00:00", o => o.Lockout.KnownFor = TimeSpan.FromHours(23) },
        { "ForgetClientAfter 00:10:00", o => o.Lockout.ForgetClientAfter = TimeSpan.FromMinutes(10) },
        { "Passwords may have 300 to 256", o => o.Passwords.MinimumLength = 300 },
        { "Passwords.Algorithm is 9", o => o.Passwords.Algorithm = (PasswordAlgorithm)9 },
        { "Tables.Ids is 9", o => o.Tables.Ids = (IdKind)9 },
        { "Tables.Columns is 9", o => o.Tables.Columns = (ColumnStyle)9 },
        { "Tokens.KeyAge is 00:05:00", o => o.Tokens.KeyAge = TimeSpan.FromMinutes(5) },
        { "Tokens.ClientId is empty", o => o.Tokens.ClientId = "" },
        { "00:59:00 (confirmation)", o => (o.Mail.Folder, o.Mail.ConfirmLifetime) = ("/tmp", TimeSpan.FromMinutes(59)) },
        { "RequireUsername is set", o => (o.RequireUsername, _) = (true, o.Tables.Absent.Add("users.username")) },
        { "RequireDisplayName is set", o => (o.RequireDisplayName, _) = (true, o.Tables.Absent.Add("users.name")) },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void What_would_only_show_later_is_said_at_start(string problem, Action<SluiceAuthOptions> configure)
    {
        var options = Right();
        configure(options);

        Assert.Contains(problem, string.Join('\n', new OptionsCheck().Validate(null, options).Failures ?? []), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_still_right_is_taken()
    {
        Action<SluiceAuthOptions>[] atTheBounds =
        [
            _ => { },
            o => (o.Tokens.Algorithm, o.Tokens.HmacSecret) = ("HS256", Hmac),
            o => (o.Passwords.Argon2MemoryKiB, o.Passwords.Pbkdf2Iterations) = (256 * 1024, 5_000_000),
            o => o.Lockout.KnownFor = o.Lockout.ForgetClientAfter = o.Lockout.LongestLock,
            o => o.Tokens.KeyAge = TimeSpan.Zero,
            o => o.Passwords.MinimumLength = o.Passwords.MaximumLength,
        ];
        foreach (var configure in atTheBounds)
        {
            var options = Right();
            configure(options);
            Assert.Empty(new OptionsCheck().Validate(null, options).Failures ?? []);
        }
    }

    private static SluiceAuthOptions Right() => new()
    {
        DatabaseUrl = "postgresql://localhost/app",
        Issuer = "https://auth.example.com",
        Audience = "https://api.example.com",
        Secret = TestNode.Secret,
    };
}
