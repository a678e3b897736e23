using System.Collections;
using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;
using Xunit;

namespace Sluice.EntityFrameworkCore.Tests.Library;

/// <summary>Values that go to PostgreSQL and come back, and queries over them.</summary>
public sealed class ValueTests
{
    [Fact]
    public async Task Times_are_cut_to_what_their_column_keeps_and_have_its_kind()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        var ticks = new DateTime(2024, 12, 31, 23, 59, 59, DateTimeKind.Utc).AddTicks(9_999_999);
        await using (var context = library.NewContext())
        {
            context.Add(new Moment
            {
                Id = 1, Whole = ticks, Millis = ticks, Micros = DateTime.SpecifyKind(ticks, DateTimeKind.Unspecified), Zoned = ticks,
                Zoned3 = ticks.ToLocalTime(), Day = DateOnly.FromDateTime(ticks), Time = new TimeOnly(23, 59, 59, 999, 999),
                Offset = new DateTimeOffset(1, 1, 2, 1, 2, 3, TimeSpan.FromHours(-5)), Many = [ticks.AddTicks(-9)],
            });
            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await using var after = library.NewContext();
        var read = await after.Moments.SingleAsync(TestContext.Current.CancellationToken);
        var second = new DateTime(2024, 12, 31, 23, 59, 59, DateTimeKind.Utc);

        // Rounded, each of them would lie in the next year.
        Assert.Equal((second, DateTimeKind.Unspecified), (read.Whole, read.Whole.Kind));
        Assert.Equal((second.AddMilliseconds(999), DateTimeKind.Unspecified), (read.Millis, read.Millis.Kind));
        Assert.Equal((second.AddTicks(9_999_990), DateTimeKind.Unspecified), (read.Micros, read.Micros.Kind));
        Assert.Equal((second.AddTicks(9_999_990), DateTimeKind.Utc), (read.Zoned, read.Zoned.Kind));
        Assert.Equal((second.AddMilliseconds(999), DateTimeKind.Utc), (read.Zoned3, read.Zoned3.Kind));
        Assert.Equal(new DateOnly(2024, 12, 31), read.Day);
        Assert.Equal(new TimeOnly(23, 59, 59, 999, 999), read.Time);
        Assert.Equal(TimeSpan.FromHours(-5), read.Offset.Offset);
        Assert.Equal(second.AddTicks(9_999_990), Assert.Single(read.Many!));

        // The parameter of a query is cut like the value was.
        Assert.Equal(1, await after.Moments.CountAsync(m => m.Millis == ticks && m.Zoned == ticks, TestContext.Current.CancellationToken));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Numbers_keep_their_extremes(bool isLowest)
    {
        await using var library = await LibraryDatabase.CreateAsync();
        var written = isLowest
            ? new Extreme { Id = long.MinValue, Small = short.MinValue, Plain = int.MinValue, Oid = 0, Exact = -999999999999999999.9999999999m, Money = -92233720368547758.08m, Single = float.MinValue, Double = double.MinValue, Bytes = [], Bits = new BitArray(3), Address = new NpgsqlInet(IPAddress.Any, 0), Letters = "a   " }
            : new Extreme { Id = long.MaxValue, Small = short.MaxValue, Plain = int.MaxValue, Oid = uint.MaxValue, Exact = 999999999999999999.9999999999m, Money = 92233720368547758.07m, Single = float.PositiveInfinity, Double = double.NaN, Bytes = [0, 255], Bits = new BitArray([true, false, true]), Address = new NpgsqlInet(IPAddress.IPv6Loopback, 128), Letters = "äöüß" };
        await using (var context = library.NewContext())
        {
            context.Add(written);
            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await using var after = library.NewContext();
        var read = await after.Extremes.SingleAsync(TestContext.Current.CancellationToken);
        Assert.Equal((written.Id, written.Small, written.Plain, written.Oid), (read.Id, read.Small, read.Plain, read.Oid));
        Assert.Equal((written.Exact, written.Money, written.Single, written.Double), (read.Exact, read.Money, read.Single, read.Double));
        Assert.Equal(written.Bytes, read.Bytes);
        Assert.Equal(written.Bits.Cast<bool>(), read.Bits.Cast<bool>());
        Assert.Equal((written.Address, written.Letters), (read.Address, read.Letters));
    }

    [Fact]
    public async Task Documents_are_kept_queried_and_replaced()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var context = library.NewContext();
        var member = context.Add(new Member { Name = "m", Settings = JsonDocument.Parse("""{"theme": {"dark": true}, "sizes": [1, 2]}"""), Address = new Address("Main", 7) }).Entity;
        context.Add(new Member { Name = "without" });
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        context.ChangeTracker.Clear();
        var read = await context.Members.SingleAsync(m => m.Settings!.RootElement.GetProperty("theme").GetProperty("dark").GetBoolean(), TestContext.Current.CancellationToken);
        Assert.Equal("m", read.Name);
        Assert.Equal(new Address("Main", 7), read.Address);
        Assert.Equal(1, await context.Members.CountAsync(m => EF.Functions.JsonContains(m.Settings!, """{"sizes": [2]}"""), TestContext.Current.CancellationToken));
        Assert.Equal(1, await context.Members.CountAsync(m => m.Settings == null, TestContext.Current.CancellationToken));
        read.Address = new Address("Side", 8);
        read.Settings = null;
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        Assert.Equal("Side", await library.ScalarAsync<string>("SELECT address ->> 'Street' FROM lending.members WHERE settings IS NULL AND name = 'm'"));
        Assert.Equal("m", member.Name);
    }

    [Fact]
    public async Task Lists_are_kept_queried_and_changed_in_place()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var context = library.NewContext();
        var member = context.Add(new Member { Name = "m", Tags = ["a", "b'\"\\"], Scores = [3] }).Entity;
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, await context.Members.CountAsync(m => m.Tags!.Contains("a") && m.Scores!.Any(s => s > 2) && m.Tags.Count == 2, TestContext.Current.CancellationToken));
        member.Tags!.Add("c");
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, await library.ScalarAsync<int>("SELECT cardinality(tags) FROM lending.members"));
    }

    [Fact]
    public async Task Enums_go_by_their_labels_alone_and_in_lists_with_their_defaults()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await library.Database.ExecuteAsync("INSERT INTO library.\"Book\" (shelf, number, title) VALUES ('A', 1, 'by the database')");
        await using var context = library.NewContext();
        context.Add(new Book { Shelf = "A", Number = 2, Title = "by the program" });
        context.Add(new Book { Shelf = "A", Number = 3, Title = "otherwise", Genre = Genre.Essays, Second = Genre.Poetry, Also = [Genre.Novel] });
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        context.ChangeTracker.Clear();
        var books = await context.Books.OrderBy(b => b.Number).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal([Genre.Novel, Genre.Novel, Genre.Essays], books.Select(b => b.Genre));
        Assert.Equal([Genre.Poetry, Genre.Essays], books[0].Also);
        Assert.Equal([Genre.Poetry, Genre.Essays], books[1].Also);
        Assert.Equal([Genre.Novel], books[2].Also);
        Assert.Equal(3, (await context.Books.SingleAsync(b => b.Second == Genre.Poetry, TestContext.Current.CancellationToken)).Number);
        Assert.Equal(1, await context.Books.CountAsync(b => b.Also!.Contains(Genre.Novel), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Types_that_the_schema_language_does_not_support_are_text()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var context = library.NewContext();
        var book = context.Add(new Book { Shelf = "A", Number = 1, Title = "t", Search = "'fat':2 'rat':3", Place = "(1,2)" }).Entity;
        context.Add(new Book { Shelf = "A", Number = 2, Title = "u" });
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        book.Place = "(3,4.5)";
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        context.ChangeTracker.Clear();
        var read = await context.Books.SingleAsync(b => b.Search == "'fat':2 'rat':3", TestContext.Current.CancellationToken);
        Assert.Equal(("'fat':2 'rat':3", "(3,4.5)"), (read.Search, read.Place));
        Assert.Equal(["(3,4.5)"], await context.Books.Where(b => b.Place != null).Select(b => b.Place).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, await context.Books.CountAsync(b => b.Place == null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_the_database_puts_into_such_a_column_is_read_back_with_the_insert()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var context = library.NewContext();
        var left = context.Add(new Book { Shelf = "A", Number = 1, Title = "t" }).Entity;
        var given = context.Add(new Book { Shelf = "A", Number = 2, Title = "u", Words = "'cat':1", Lent = "[2025-01-01,2025-02-01)" }).Entity;
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("'fat':2 'rat':3", "[2024-01-01,2024-02-01)"), (left.Words, left.Lent));
        Assert.Equal(("'cat':1", "[2025-01-01,2025-02-01)"), (given.Words, given.Lent));
        (left.Words, left.Lent) = ("'dog':1", null);
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        context.ChangeTracker.Clear();
        var read = await context.Books.SingleAsync(b => b.Number == 1, TestContext.Current.CancellationToken);
        Assert.Equal(("'dog':1", null), (read.Words, read.Lent));
    }

    [Fact]
    public async Task A_document_may_be_read_into_a_value_type()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var context = library.NewContext();
        context.Add(new Author { Name = "both", Lived = new Years(1900, 1980), Wrote = new Years(1920, 1930) });
        context.Add(new Author { Name = "neither" });
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        context.ChangeTracker.Clear();
        var read = await context.Authors.OrderBy(a => a.Name).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal((new Years(1900, 1980), new Years(1920, 1930)), (read[0].Lived, read[0].Wrote));
        Assert.Equal((default, null), (read[1].Lived, read[1].Wrote));
        read[0].Wrote = new Years(1921, 1930);
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1921, await library.ScalarAsync<int>("SELECT (wrote ->> 'From')::int FROM library.\"Author\" WHERE name = 'both'"));
    }

    [Fact]
    public async Task Composite_keys_across_schemas_find_their_rows()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var context = library.NewContext();
        context.Add(new Member { Name = "m", Loans = [new Loan { Book = new Book { Shelf = "A", Number = 1, Title = "t" } }] });
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        context.ChangeTracker.Clear();
        var loan = await context.Loans.Include(l => l.Book).Include(l => l.Member).SingleAsync(l => l.Book!.Title == "t", TestContext.Current.CancellationToken);
        Assert.Equal(("A", 1, "m"), (loan.Book!.Shelf, loan.Book.Number, loan.Member.Name));
        Assert.NotNull(await context.Books.FindAsync(["A", 1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Many_to_many_relations_are_one_table_seen_from_both_sides()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var context = library.NewContext();
        var (one, two) = (new Topic { Name = "one" }, new Topic { Name = "two" });
        context.Add(new Author { Name = "a", Topics = [one, two] });
        context.Add(new Author { Name = "b", Topics = [two] });
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        context.ChangeTracker.Clear();
        var read = await context.Topics.Include(t => t.Authors).SingleAsync(t => t.Name == "two", TestContext.Current.CancellationToken);
        Assert.Equal(["a", "b"], read.Authors.Select(a => a.Name).Order(StringComparer.Ordinal));
        read.Authors.Clear();
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1L, await library.ScalarAsync<long>("SELECT count(*) FROM library.\"_AuthorToTopic\""));
    }

    [Fact]
    public async Task A_many_to_many_relation_of_a_model_with_itself_has_two_directions()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var context = library.NewContext();
        context.Add(new Member { Name = "ann", Friends = [new Member { Name = "bob" }] });
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        context.ChangeTracker.Clear();
        var bob = await context.Members.Include(m => m.FriendOf).Include(m => m.Friends).SingleAsync(m => m.Name == "bob", TestContext.Current.CancellationToken);
        Assert.Equal("ann", Assert.Single(bob.FriendOf).Name);
        Assert.Empty(bob.Friends);

        // As Prisma stores it: A is the one whose field comes second.
        Assert.Equal(1L, await library.ScalarAsync<long>("SELECT count(*) FROM lending.\"_Friends\" f JOIN lending.members a ON a.id = f.\"A\" JOIN lending.members b ON b.id = f.\"B\" WHERE a.name <> b.name"));
    }
}
