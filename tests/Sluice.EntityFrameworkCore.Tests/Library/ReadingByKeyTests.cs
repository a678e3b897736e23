using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Sluice.EntityFrameworkCore.Tests.Library;

/// <summary>The queries of the context that read one row by its key.</summary>
public sealed class ReadingByKeyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_is_read_by_its_key_and_not_tracked()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var context = library.NewContext();
        var author = context.Add(new Author { Name = "a" }).Entity;
        context.Add(new Book { Shelf = "A", Number = 2, Title = "two", Genre = Genre.Essays });
        await context.SaveChangesAsync(Stop);
        context.ChangeTracker.Clear();
        Assert.Equal("a", (await context.ReadAuthorAsync(author.Id, Stop))!.Name);
        var book = await context.ReadBookAsync("A", 2, Stop);
        Assert.Equal(("two", Genre.Essays), (book!.Title, book.Genre));
        Assert.Null(await context.ReadBookAsync("A", 3, Stop));
        Assert.Null(await context.ReadBookAsync("B", 2, Stop));
        Assert.Empty(context.ChangeTracker.Entries());
    }

    [Fact]
    public async Task A_row_that_is_deleted_softly_is_not_found()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var context = library.NewContext();
        var member = context.Add(new Member { Name = "m" }).Entity;
        await context.SaveChangesAsync(Stop);
        Assert.NotNull(await context.ReadMemberAsync(member.Id, Stop));
        context.Remove(member);
        await context.SaveChangesAsync(Stop);
        Assert.Null(await context.ReadMemberAsync(member.Id, Stop));
    }

    [Fact]
    public async Task Contexts_with_models_of_their_own_each_read_by_their_own_query()
    {
        await using var first = await LibraryDatabase.CreateAsync();
        await using var second = await LibraryDatabase.CreateAsync();
        await using var one = first.NewContext();
        var options = new DbContextOptionsBuilder<LibraryContext>().UseLibraryContext(second.Database.ConnectionString).EnableServiceProviderCaching(false);
        LibraryDatabase.Quiet(options);
        await using var other = new LibraryContext(options.Options);
        one.Add(new Clerk { Id = "c" });
        await one.SaveChangesAsync(Stop);
        Assert.NotSame(one.Model, other.Model);
        Assert.NotNull(await one.ReadClerkAsync("c", Stop));
        Assert.Null(await other.ReadClerkAsync("c", Stop));
    }

    [Fact]
    public async Task It_sees_what_the_transaction_at_hand_has_written()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var context = library.NewContext();
        await context.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await context.Database.BeginTransactionAsync(Stop);
            context.Add(new Clerk { Id = "c" });
            await context.SaveChangesAsync(Stop);
            Assert.NotNull(await context.ReadClerkAsync("c", Stop));
        });
        Assert.Null(await context.ReadClerkAsync("c", Stop));
    }
}
