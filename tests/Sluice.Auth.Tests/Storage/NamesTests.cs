using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Storage;

public sealed class NamesTests
{
    [Fact]
    public void Tables_and_columns_are_called_as_the_options_say()
    {
        var names = Names.Resolve(new TableOptions { Schema = "au\"th", Ids = IdKind.Cuid, Columns = ColumnStyle.SnakeCase, Names = { ["users"] = "accounts", ["users.email"] = "mail" } });

        Assert.Equal(
            """SELECT "mail", "password_hash" FROM "au""th"."accounts" WHERE "id" = $1::text""",
            names.Sql("SELECT {users.email}, {users.passwordHash} FROM {users} WHERE {users.id} = $1::{id}"));
        Assert.Equal("accounts", names.Bare("users"));
    }

    [Fact]
    public void A_name_for_what_is_not_there_is_refused()
    {
        var refused = Assert.Throws<AuthSetupException>(() => Names.Resolve(new TableOptions { Names = { ["users.pasword"] = "x" } }));

        Assert.Contains("`users.pasword`", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_existing_database_lacks_is_said_at_start_table_by_table()
    {
        await using var database = await TestDatabase.CreateAsync("""
            CREATE TABLE "accounts" ("id" text PRIMARY KEY, "email" text NOT NULL, "name" text, "provider" text NOT NULL);
            """);
        await using var auth = Open(database, o => o.Tables.Names["users"] = "accounts");

        var refused = await Assert.ThrowsAsync<AuthSetupException>(() => CatalogCheck.RequireAsync(auth, new SluiceAuthOptions(), CancellationToken.None));

        Assert.Contains("\"accounts\".\"passwordHash\" is missing (Tables.Names: `users.passwordHash`)\n      ALTER TABLE \"public\".\"accounts\" ADD COLUMN \"passwordHash\" TEXT;", refused.Message, StringComparison.Ordinal);
        Assert.Contains("\"accounts\".\"id\" is of type text (Tables.Ids: Uuid for uuid, Cuid or UuidText for text)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("\"accounts\".\"provider\" must not be null", refused.Message, StringComparison.Ordinal);
        Assert.Contains("table \"public\".\"sessions\" is missing", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_are_of_the_kind_that_the_tables_have_and_sort_by_time()
    {
        var uuid = Guid.CreateVersion7().ToString();
        Assert.Equal('7', uuid[14]);
        var ids = Enumerable.Range(0, 3).Select(i => Cuid.New(DateTimeOffset.UnixEpoch.AddDays(20_000 + i))).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.All(ids, id => Assert.Matches("^c[0-9a-z]{24}$", id));
    }

    private static SluiceAuthOptions Of(TestDatabase database, Action<SluiceAuthOptions>? more = null)
    {
        var options = new SluiceAuthOptions { DatabaseUrl = database.Url };
        more?.Invoke(options);
        return options;
    }

    private static AuthDatabase Open(TestDatabase database, Action<SluiceAuthOptions>? more = null) => new(Options.Create(Of(database, more)), TimeProvider.System);
}
