using System.Text;
using Sluice.Catalog;
using Xunit;

namespace Sluice.Tests.Catalog;

public class CatalogTextTests
{
    [Theory]
    [InlineData("007", "7")]
    [InlineData("-0.0", "0.0")]
    [InlineData("-007.50", "-7.50")]
    [InlineData("0.0000000001", "0.0000000001")]
    [InlineData("12345678901234567890.123", "12345678901234567890.123")]
    public void A_number_loses_leading_zeros_and_keeps_its_fraction(string written, string expected) =>
        Assert.Equal(expected, NumberText.Format(written));

    [Theory]
    [InlineData("1.50", "1.5")]
    [InlineData("1.0", "1")]
    [InlineData("100", "100")]
    [InlineData("-0", "0")]
    public void Equal_numbers_have_one_canonical_text(string written, string expected) =>
        Assert.Equal(expected, NumberText.Canonical(written));

    [Theory]
    [InlineData("2020-01-02T03:04:05Z", "2020-01-02 03:04:05 +00:00")]
    [InlineData("2020-01-02T03:04:05.1+02:00", "2020-01-02 03:04:05.100 +02:00")]
    [InlineData("2020-01-02T03:04:05.1234Z", "2020-01-02 03:04:05.123400 +00:00")]
    [InlineData("2020-01-02t03:04:05.1234567891z", "2020-01-02 03:04:05.123456789 +00:00")]
    [InlineData("2020-01-02T03:04:05.000-00:00", "2020-01-02 03:04:05 +00:00")]
    public void A_time_has_a_fraction_of_three_six_nine_or_no_digits(string written, string expected) =>
        Assert.Equal(expected, DateTimeText.Format(written));

    [Fact]
    public void A_sequence_is_named_as_SERIAL_names_it()
    {
        Assert.Equal("User_id_seq", SequenceNames.Of("User", "id"));
        Assert.Equal($"{new string('t', 29)}_{new string('c', 29)}_seq", SequenceNames.Of(new string('t', 40), new string('c', 40)));
        Assert.Equal($"{new string('t', 56)}_id_seq", SequenceNames.Of(new string('t', 63), "id"));
        Assert.All(["ä", "日本", "🙂"], c => Assert.True(Encoding.UTF8.GetByteCount(SequenceNames.Of(string.Concat(Enumerable.Repeat(c, 40)), "x")) <= 63));
    }

    [Fact]
    public void A_long_name_is_cut_between_characters()
    {
        Assert.Equal(new string('a', 63), StoredNames.Of(new string('a', 70)));
        Assert.Equal("a" + new string('ä', 31), StoredNames.Of("a" + new string('ä', 40)));
        Assert.Equal("short", StoredNames.Of("short"));
    }
}
