using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Sluice.EntityFrameworkCore.Ids;
using Xunit;

namespace Sluice.EntityFrameworkCore.Tests.Ids;

public sealed class IdTests
{
    internal const int Many = 100_000;

    internal static readonly Dictionary<string, (Func<string> New, string Shape)> Kinds = new()
    {
        // Shapes as the libraries' own checks and the standards give them.
        ["cuid"] = (Cuid.New, "^c[0-9a-z]{24}$"),
        ["cuid2"] = (Cuid2.New, "^[a-z][0-9a-z]{23}$"),
        ["ulid"] = (Ulid.New, "^[0-7][0-9A-HJKMNP-TV-Z]{25}$"),
        ["nanoid"] = (() => NanoId.New(), "^[A-Za-z0-9_-]{21}$"),
        ["uuid4"] = (() => Guid.NewGuid().ToString("D"), "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"),
        ["uuid7"] = (() => Uuid7.New().ToString("D"), "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"),
    };

    public static TheoryData<string> EveryKind() => [.. Kinds.Keys];

    public static TheoryData<string> Sortable() => ["cuid", "ulid", "uuid7"];

    [Theory, MemberData(nameof(EveryKind))]
    public void A_hundred_thousand_are_unique_and_have_the_shape(string kind)
    {
        var (next, shape) = Kinds[kind];
        var seen = new HashSet<string>(Many, StringComparer.Ordinal);
        var form = new Regex(shape, RegexOptions.CultureInvariant);
        for (var i = 0; i < Many; i++)
        {
            var id = next();
            Assert.True(form.IsMatch(id), id);
            Assert.True(seen.Add(id), $"{id} came twice");
        }
    }

    [Theory, MemberData(nameof(EveryKind))]
    public void Four_threads_never_make_the_same(string kind)
    {
        var next = Kinds[kind].New;
        var seen = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
        {
            for (var i = 0; i < Many / 4; i++)
            {
                Assert.True(seen.TryAdd(next(), thread));
            }
        });
        Assert.Equal(Many, seen.Count);
    }

    [Theory, MemberData(nameof(Sortable))]
    public void A_hundred_thousand_sort_as_they_were_made_also_within_a_millisecond(string kind)
    {
        var next = Kinds[kind].New;
        var last = next();
        for (var i = 0; i < Many; i++)
        {
            var id = next();
            Assert.True(string.CompareOrdinal(last, id) < 0, $"{last} before {id}");
            last = id;
        }
    }

    [Theory, MemberData(nameof(Sortable))]
    public void Of_each_of_four_threads_they_sort_as_it_made_them(string kind)
    {
        var next = Kinds[kind].New;
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            var last = next();
            for (var i = 0; i < Many / 4; i++)
            {
                var id = next();
                Assert.True(string.CompareOrdinal(last, id) < 0, $"{last} before {id}");
                last = id;
            }
        });
    }

    [Fact]
    public void Each_character_of_the_alphabet_comes_up_where_it_may()
    {
        var (cuid2, nano, ulid) = (new HashSet<char>(), new HashSet<char>(), new HashSet<char>());
        for (var i = 0; i < 2000; i++)
        {
            cuid2.UnionWith(Cuid2.New());
            nano.UnionWith(NanoId.New());
            ulid.UnionWith(Ulid.New()[10..]);
        }

        Assert.Equal("0123456789abcdefghijklmnopqrstuvwxyz", string.Concat(cuid2.Order()));
        Assert.Equal("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz", string.Concat(nano.Order()));
        Assert.Equal("0123456789ABCDEFGHJKMNPQRSTVWXYZ", string.Concat(ulid.Order()));
    }

    [Theory, InlineData(2), InlineData(8), InlineData(255)]
    public void A_nanoid_is_as_long_as_it_is_asked_to_be(int length) => Assert.Equal(length, NanoId.New(length).Length);

    [Theory, InlineData(1), InlineData(256)]
    public void No_other_length_is_taken(int length) => Assert.Throws<ArgumentOutOfRangeException>(() => NanoId.New(length));

    [Fact]
    public void A_uuid7_has_the_milliseconds_of_RFC_9562_in_its_first_48_bits()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var bytes = Uuid7.New().ToByteArray(bigEndian: true);
        var time = BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16;

        // Other tests draw from the same counter, which may have run some milliseconds ahead.
        Assert.InRange(time, before, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 10_000);
    }

    [Fact]
    public void A_ulid_begins_with_the_milliseconds_in_ten_digits_of_base_32()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var time = Ulid.New()[..10].Aggregate(0L, (sum, c) => (sum * 32) + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".IndexOf(c, StringComparison.Ordinal));
        Assert.InRange(time, before, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 10_000);
    }

    [Fact]
    public void A_cuid_has_the_milliseconds_in_eight_digits_of_base_36_and_the_same_fingerprint_each_time()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var (one, two) = (Cuid.New(), Cuid.New());
        var time = one[1..9].Aggregate(0L, (sum, c) => (sum * 36) + "0123456789abcdefghijklmnopqrstuvwxyz".IndexOf(c, StringComparison.Ordinal));
        Assert.InRange(time, before, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 10_000);
        Assert.Equal(one[13..17], two[13..17]);
    }
}
