using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Sluice.EntityFrameworkCore.Mapping;
using Xunit;

namespace Sluice.EntityFrameworkCore.Tests.Library;

/// <summary>What happens around a save: ids, `@updatedAt`, soft deletion, concurrency.</summary>
public sealed class SavingTests
{
    [Fact]
    public async Task Ids_are_made_when_an_entity_is_added()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var context = library.NewContext();
        var author = context.Add(new Author { Name = "a" }).Entity;
        var topic = context.Add(new Topic { Name = "t" }).Entity;
        var clerk = context.Add(new Clerk()).Entity;
        var loan = new Loan();
        var member = context.Add(new Member { Name = "m", Card = new Card(), Loans = [loan] }).Entity;
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(7, author.Id.Version);
        Assert.Matches("^[a-z][0-9a-z]{23}$", topic.Id);
        Assert.Matches("^[0-7][0-9A-HJKMNP-TV-Z]{25}$", clerk.Id);
        Assert.Matches("^c[0-9a-z]{24}$", loan.Id);
        Assert.Equal(8, member.Card!.Code.Length);
        Assert.Equal(1, member.Id);
    }

    [Fact]
    public async Task An_id_that_the_program_gives_is_kept()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var context = library.NewContext();
        context.Add(new Clerk { Id = "mine" });
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        Assert.Equal("mine", await library.ScalarAsync<string>("SELECT id FROM lending.\"Clerk\""));
    }

    [Fact]
    public async Task What_the_program_leaves_alone_has_the_database_s_default_and_what_it_sets_is_set_also_to_nothing()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var context = library.NewContext();
        var left = context.Add(new Member { Name = "left" }).Entity;
        var set = context.Add(new Member { Name = "set", IsActive = false, Points = 0, Scores = [] }).Entity;
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        await context.Entry(left).ReloadAsync(TestContext.Current.CancellationToken);
        await context.Entry(set).ReloadAsync(TestContext.Current.CancellationToken);
        Assert.Equal((true, 10), (left.IsActive, left.Points));
        Assert.Equal((false, 0), (set.IsActive, set.Points));
        Assert.Empty(set.Scores!);
        Assert.InRange(left.CreatedAt, DateTime.UtcNow.AddDays(-2), DateTime.UtcNow.AddDays(2));
    }

    [Fact]
    public async Task UpdatedAt_is_the_time_of_each_save_that_changes_the_row_and_equals_what_the_database_has()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var context = library.NewContext();
        var member = context.Add(new Member { Name = "m" }).Entity;
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        var first = member.UpdatedAt;
        Assert.Equal(0, first.Ticks % TimeSpan.TicksPerMillisecond);
        await Task.Delay(5, TestContext.Current.CancellationToken);
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(first, member.UpdatedAt);
        member.Points++;
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        Assert.True(member.UpdatedAt > first);
        Assert.Equal(member.UpdatedAt, await library.ScalarAsync<DateTime>("SELECT \"updatedAt\" FROM lending.members"));
        member.UpdatedAt = new DateTime(2001, 2, 3, 0, 0, 0, DateTimeKind.Unspecified);
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2001, (await library.ScalarAsync<DateTime>("SELECT \"updatedAt\" FROM lending.members")).Year);
    }

    [Fact]
    public async Task A_soft_deletion_is_an_update_that_hides_the_row_and_what_goes_with_it()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using (var context = library.NewContext())
        {
            context.Add(new Member { Name = "gone", Card = new Card(), Loans = [new Loan(), new Loan()] });
            context.Add(new Member { Name = "here" });
            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await using (var context = library.NewContext())
        {
            var member = await context.Members.Include(m => m.Loans).Include(m => m.Card).SingleAsync(m => m.Name == "gone", TestContext.Current.CancellationToken);
            context.Remove(member);
            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
            Assert.NotNull(member.DeletedAt);
        }

        await using var after = library.NewContext();
        Assert.Equal(["here"], await after.Members.Select(m => m.Name).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Empty(await after.Loans.ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, await after.Members.IgnoreQueryFilters([EntityConfiguration.SoftDeleteFilter]).CountAsync(TestContext.Current.CancellationToken));
        Assert.All(await after.Loans.IgnoreQueryFilters().ToListAsync(TestContext.Current.CancellationToken), l => Assert.Equal(DateTimeKind.Utc, l.ReturnedAt!.Value.Kind));
        Assert.Equal(2L, await library.ScalarAsync<long>("SELECT count(*) FROM lending.\"Loan\" WHERE \"returnedAt\" IS NOT NULL"));

        // A card has no hint: the schema's cascade takes it for good.
        Assert.Equal(0L, await library.ScalarAsync<long>("SELECT count(*) FROM lending.\"Card\""));
    }

    [Fact]
    public async Task Deleting_does_to_dependents_what_the_schema_says()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using (var context = library.NewContext())
        {
            context.Add(new Member
            {
                Name = "m",
                Loans = [new Loan { Clerk = new Clerk { Id = "c" }, Book = new Book { Shelf = "A", Number = 1, Title = "t" } }],
            });
            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await using (var context = library.NewContext())
        {
            context.Remove(await context.Clerks.SingleAsync(TestContext.Current.CancellationToken));
            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await using var after = library.NewContext();
        Assert.Null((await after.Loans.SingleAsync(TestContext.Current.CancellationToken)).ClerkId);
        after.ChangeTracker.Clear();
        after.Remove(await after.Books.SingleAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<DbUpdateException>(() => after.SaveChangesAsync(TestContext.Current.CancellationToken));
        after.ChangeTracker.Clear();
        await after.Members.IgnoreQueryFilters().ExecuteDeleteAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0L, await library.ScalarAsync<long>("SELECT count(*) FROM lending.\"Loan\""));
    }

    [Fact]
    public async Task The_second_of_two_writers_is_told_that_the_row_changed()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        await using var one = library.NewContext();
        one.Add(new Member { Name = "m" });
        await one.SaveChangesAsync(TestContext.Current.CancellationToken);
        await using var two = library.NewContext();
        var same = await two.Members.SingleAsync(TestContext.Current.CancellationToken);
        (await one.Members.SingleAsync(TestContext.Current.CancellationToken)).Points = 1;
        same.Points = 2;
        await one.SaveChangesAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => two.SaveChangesAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, await library.ScalarAsync<int>("SELECT points FROM lending.members"));
    }

    [Fact]
    public async Task A_registered_context_works_and_takes_its_time_from_the_container()
    {
        await using var library = await LibraryDatabase.CreateAsync();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(new StoppedClock());
        services.AddLibraryContext(library.Database.Url, LibraryDatabase.Quiet);
        await using var provider = services.BuildServiceProvider();
        await using var scope = provider.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<LibraryContext>();
        var member = context.Add(new Member { Name = "m" }).Entity;
        context.Add(new Book { Shelf = "A", Number = 1, Title = "t", Genre = Genre.Essays });
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(new DateTime(2030, 1, 2, 3, 4, 5, 678), member.UpdatedAt);
        Assert.Equal("collected essays", await library.ScalarAsync<string>("SELECT genre::text FROM library.\"Book\""));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Retries_are_there_until_the_program_turns_them_off(bool there)
    {
        var services = new ServiceCollection();
        services.AddLibraryContext("Host=127.0.0.1", options =>
        {
            LibraryDatabase.Quiet(options);
            if (!there)
            {
                options.UseNpgsql(npgsql => npgsql.ExecutionStrategy(d => new NonRetryingExecutionStrategy(d)));
            }
        });
        await using var provider = services.BuildServiceProvider();
        await using var scope = provider.CreateAsyncScope();
        Assert.Equal(there, scope.ServiceProvider.GetRequiredService<LibraryContext>().Database.CreateExecutionStrategy().RetriesOnFailure);
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2030, 1, 2, 3, 4, 5, 678, 912, TimeSpan.Zero);
    }
}
