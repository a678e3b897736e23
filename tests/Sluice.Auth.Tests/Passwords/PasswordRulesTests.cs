using Sluice.Auth.Passwords;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
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

    // Of the most frequent ones of every list that was ever published.
    [Theory]
    [InlineData("12345678"), InlineData("password1"), InlineData("sunshine"), InlineData("football1"), InlineData("1q2w3e4r5t"), InlineData("trustno1"), InlineData("jennifer"), InlineData("PASSWORD"), InlineData("12344321")]
    [InlineData("!qaz2wsx"), InlineData("zzzzzzzz"), InlineData("P@ssword"), InlineData("starwars2024!")]
    public void Bar_03_a_short_one_of_the_list_is_refused_where_short_ones_are_allowed(string password) =>
        Assert.Equal("common", Reason(password, new SluiceAuthOptions { Passwords = { MinimumLength = 8 } }));

    [Theory, InlineData("zx 9173-5520-8264"), InlineData("tpkwhvzm"), InlineData("ein blauer stuhl"), InlineData("ünbekannt")]
    public void Bar_03_what_is_not_on_the_list_is_allowed(string password) =>
        Assert.Null(Reason(password, new SluiceAuthOptions { Passwords = { MinimumLength = 8 } }));

    [Fact]
    public void Bar_03_every_word_of_the_list_is_found_and_none_beside_it()
    {
        var lines = Embedded.Text("common-passwords.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var list = WordList.Embedded("common-passwords.txt");

        Assert.InRange(lines.Length, 10_000, int.MaxValue);
        Assert.Equal(lines.Order(StringComparer.Ordinal), lines);
        Assert.All(lines, l => Assert.True(list.Holds(l), l));
        var all = lines.ToHashSet(StringComparer.Ordinal);
        Assert.All(lines.SelectMany(l => new[] { l + "~", l + "\n", l[..^1], l[1..], "\n" + l, l + "é" }).Where(l => !all.Contains(l)), l => Assert.False(list.Holds(l), l));
    }
}
