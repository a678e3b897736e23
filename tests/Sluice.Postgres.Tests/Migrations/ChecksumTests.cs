using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sluice.Postgres.Migrations;
using Xunit;

namespace Sluice.Postgres.Tests.Migrations;

public sealed class ChecksumTests
{
    private const string Script = "CREATE TABLE a (\n  id int\n);\n";
    private const string WindowsScript = "CREATE TABLE a (\r\n  id int\r\n);\r\n";

    [Theory]
    [InlineData("hello", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void The_checksum_is_SHA256_in_lower_case_hex(string script, string checksum)
    {
        Assert.Equal(checksum, Checksums.Of(Encoding.UTF8.GetBytes(script)));
    }

    [Theory]
    [InlineData(Script, Script, true)]
    [InlineData(Script, WindowsScript, true)]
    [InlineData(WindowsScript, Script, true)]
    [InlineData("a\r\nb\nc\n", Script, false)]
    [InlineData("a\r\nb\nc\n", "a\nb\nc\n", true)]
    [InlineData(Script, "CREATE TABLE a (\n  id int\n); \n", false)]
    [InlineData("a\rb", "ab", false)]
    public void Line_ends_do_not_matter_and_all_else_does(string onDisk, string applied, bool matches)
    {
        var stored = Checksums.Of(Encoding.UTF8.GetBytes(applied));

        Assert.Equal(matches, Checksums.Matches(Encoding.UTF8.GetBytes(onDisk), stored));
    }

    [Theory]
    [InlineData(Script)]
    [InlineData(WindowsScript)]
    public void The_unpadded_form_of_old_rows_is_recognised(string onDisk)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(Script));
        var unpadded = string.Concat(hash.Select(b => b.ToString("x", CultureInfo.InvariantCulture)));
        Assert.NotEqual(64, unpadded.Length);

        Assert.True(Checksums.Matches(Encoding.UTF8.GetBytes(onDisk), unpadded));
        Assert.False(Checksums.Matches(Encoding.UTF8.GetBytes(onDisk + "-- more"), unpadded));
    }

    [Fact]
    public void An_empty_checksum_matches_nothing()
    {
        Assert.False(Checksums.Matches(Encoding.UTF8.GetBytes(Script), ""));
    }
}
