using Xunit;

namespace Sluice.Postgres.Tests.Verifying;

/// <summary>As <see cref="RenameTests"/>, for enums, their values, and the tables that no model stands for.</summary>
public sealed class RenamedEnumsAndJoinsTests
{
    private const string Roles = "enum Role {\n  ADMIN\n  USER\n  GUEST\n}\nmodel Person {\n  id Int @id\n  role Role @default(USER)\n}\n";
    private const string RoleRows = """INSERT INTO "Person" VALUES (1, 'ADMIN'), (2, 'USER')""";

    private const string Tagged = "model Post {\n  id Int @id\n  tags Tag[]\n}\nmodel Tag {\n  id Int @id\n  posts Post[]\n}\n";
    private const string TaggedRows = """INSERT INTO "Post" VALUES (1), (2); INSERT INTO "Tag" VALUES (1), (2); INSERT INTO "_PostToTag" ("A", "B") VALUES (1, 2), (2, 2)""";

    // Its columns in the other order: the key over them is made anew.
    private const string KeyAgain = "The primary key for the";

    [Fact]
    public async Task A_hinted_enum_value_keeps_its_rows()
    {
        await using var bench = await RenameBench.OpenAsync(Roles, RoleRows);
        await bench.TakeToAsync(Roles.Replace("ADMIN", "/// @renamedFrom(\"ADMIN\")\n  OWNER", StringComparison.Ordinal));
        Assert.Equal(["OWNER", "USER"], await bench.RowsAsync("SELECT role::text FROM \"Person\" ORDER BY id"));
    }

    [Fact]
    public async Task An_enum_value_renamed_while_another_is_removed_is_asked_about()
    {
        await using var bench = await RenameBench.OpenAsync(Roles, RoleRows);
        var wanted = "enum Role {\n  ADMINISTRATOR\n  USER\n}\nmodel Person {\n  id Int @id\n  role Role @default(USER)\n}\n";
        var question = Assert.Single((await bench.ProposeAsync(wanted)).Questions);
        Assert.Equal(("Role.ADMIN", "ADMINISTRATOR", 2L), (question.Candidate.OldPath, question.Candidate.New, question.Values));

        await bench.ApplyAsync(await bench.ProposeAsync(wanted, question.Candidate));

        Assert.Equal(["ADMINISTRATOR", "USER"], await bench.RowsAsync("SELECT role::text FROM \"Person\" ORDER BY id"));
    }

    [Fact]
    public async Task A_value_renamed_under_a_default_follows_in_the_default()
    {
        await using var bench = await RenameBench.OpenAsync(Roles, RoleRows);
        await bench.TakeToAsync(Roles.Replace("  USER\n", "  MEMBER /// @renamedFrom(\"USER\")\n", StringComparison.Ordinal).Replace("(USER)", "(MEMBER)", StringComparison.Ordinal));
        Assert.Equal(["MEMBER"], await bench.RowsAsync("INSERT INTO \"Person\" (id) VALUES (3) RETURNING role::text"));
    }

    [Fact]
    public async Task A_renamed_enum_is_asked_about_because_its_columns_would_be_made_anew()
    {
        await using var bench = await RenameBench.OpenAsync(Roles, RoleRows);
        var wanted = Roles.Replace("Role", "Kind", StringComparison.Ordinal);
        var question = Assert.Single((await bench.ProposeAsync(wanted)).Questions);
        Assert.Equal(("Role", "Kind", 2L), (question.Candidate.OldPath, question.Candidate.New, question.Values));

        await bench.ApplyFreelyAsync(await bench.ProposeAsync(wanted, question.Candidate));

        Assert.Equal(["ADMIN", "USER"], await bench.RowsAsync("SELECT role::text FROM \"Person\" ORDER BY id"));
    }

    [Theory]
    // In the same order, and in the other: then A is what B was.
    [InlineData("Article", "_ArticleToTag", "\"A\", \"B\"")]
    [InlineData("Zine", "_TagToZine", "\"B\", \"A\"")]
    public async Task The_table_of_a_many_to_many_relation_follows_its_model(string name, string table, string columns)
    {
        await using var bench = await RenameBench.OpenAsync(Tagged, TaggedRows);
        await bench.TakeToAsync("/// @renamedFrom(\"Post\")\n" + Tagged.Replace("Post", name, StringComparison.Ordinal), KeyAgain);
        Assert.Equal(["1|2", "2|2"], await bench.RowsAsync($"SELECT {columns} FROM \"{table}\" ORDER BY 1"));
    }

    [Fact]
    public async Task A_named_many_to_many_relation_keeps_its_pairs_when_A_becomes_B()
    {
        var named = Tagged.Replace("[]\n", "[] @relation(\"tagged\")\n", StringComparison.Ordinal);
        await using var bench = await RenameBench.OpenAsync(named, TaggedRows.Replace("_PostToTag", "_tagged", StringComparison.Ordinal));
        await bench.TakeToAsync("/// @renamedFrom(\"Post\")\n" + named.Replace("Post", "Zine", StringComparison.Ordinal), KeyAgain);
        Assert.Equal(["1|2", "2|2"], await bench.RowsAsync("SELECT \"B\", \"A\" FROM \"_tagged\" ORDER BY 1"));
    }

    [Fact]
    public async Task A_model_renamed_in_the_schema_alone_brings_up_its_many_to_many_table()
    {
        await using var bench = await RenameBench.OpenAsync(Tagged, TaggedRows);
        var wanted = Tagged.Replace("Post", "Zine", StringComparison.Ordinal).Replace("tags Tag[]", "tags Tag[]\n  @@map(\"Post\")", StringComparison.Ordinal);
        var question = Assert.Single((await bench.ProposeAsync(wanted)).Questions);
        Assert.Equal(("_PostToTag", "_TagToZine"), (question.Candidate.OldPath, question.Candidate.New));

        // The hint stands on a field of the relation, where the schema has no line for the table.
        await bench.TakeToAsync(wanted.Replace("tags Tag[]", "tags Tag[] /// @renamedFrom(\"_PostToTag\")", StringComparison.Ordinal), KeyAgain);

        Assert.Equal(["1|2", "2|2"], await bench.RowsAsync("SELECT \"B\", \"A\" FROM \"_TagToZine\" ORDER BY 1"));
    }
}
