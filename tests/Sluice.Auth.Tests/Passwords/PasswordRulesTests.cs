using Sluice.Auth.Passwords;
using Sluice.Auth.Settings;
using Xunit;

namespace Sluice.Auth.Tests.Passwords;

public sealed class PasswordRulesTests
{
    private static readonly SluiceAuthOptions Options = new() { ContextWords = { "eventplatform" } };

    private static string? Reason(string password, SluiceAuthOptions? options = null) => PasswordRules.Check(password, options ?? Options, "josephine@example.com", "josie.the.first")?.Reason;

    [Fact]
    public void Bar_01_length_is_counted_in_code_points()
    {
        Assert.Equal("length", Reason("fourteen chars"));
        Assert.Null(Reason("fifteen chars.."));
        Assert.Equal("length", Reason(string.Concat(Enumerable.Range(0, 14).Select(i => char.ConvertFromUtf32(0x1f600 + i)))));
        Assert.Null(Reason(string.Concat(Enumerable.Range(0, 15).Select(i => char.ConvertFromUtf32(0x1f600 + i)))));
        Assert.Null(Reason("64 " + string.Join(' ', Enumerable.Range(100, 16))[..61]));
        Assert.Null(Reason("128 " + string.Join(' ', Enumerable.Range(100, 40))[..124]));
        Assert.Null(Reason("8 chars.", new SluiceAuthOptions { Passwords = { MinimumLength = 8 } }));
    }

    [Theory, InlineData("correct horse battery staple"), InlineData("83920175648392016574"), InlineData("only lower case letters here")]
    public void Bar_02_no_kind_of_character_is_asked_for(string password) => Assert.Null(Reason(password));

    [Theory]
    [InlineData("passwordpassword"), InlineData("P4$$w0rdP4$$w0rd!"), InlineData("iloveyouforever2024"), InlineData("qwertyuiopasdfghjkl"), InlineData("123456789012345")]
    [InlineData("aaaaaaaaaaaaaaaa"), InlineData("abcabcabcabcabcabc"), InlineData("manchesterunited1999!")]
    public void Bar_03_what_guessers_try_first_is_refused(string password) => Assert.Equal("common", Reason(password));

    [Theory, InlineData("Josephine123456"), InlineData("josie.the.first99"), InlineData("EventPlatform2026")]
    public void Bar_03_the_names_of_the_account_and_of_the_application_are_no_passwords(string password) => Assert.Equal("context", Reason(password));
}
