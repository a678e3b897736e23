using Sluice.Diff.Renames;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Running;
using Sluice.Postgres.Verifying;
using Xunit;

namespace Sluice.Postgres.Tests.Verifying;

/// <summary>Ambiguous renames on a server with rows: the data is kept, or nothing is done without an answer.</summary>
public sealed class RenameTests
{
    private const string Users = "model User {\n  id Int @id @default(autoincrement())\n  name String?\n  nick String?\n}\n";
    private const string UserRows = """INSERT INTO "User" (name, nick) VALUES ('Ada', 'a'), ('Bob', NULL)""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("  id Int @id @default(autoincrement())\n  full_name String? /// @renamedFrom(\"name\")\n  nick String?", "SELECT full_name, nick FROM \"User\" ORDER BY id")]
    [InlineData("  id Int @id @default(autoincrement())\n  /// @renamedFrom(\"name\")\n  Name String?\n  nick String?", "SELECT \"Name\", nick FROM \"User\" ORDER BY id")]
    [InlineData("  id Int @id @default(autoincrement())\n  label String? @map(\"full name\") /// @renamedFrom(\"name\")\n  nick String?", "SELECT \"full name\", nick FROM \"User\" ORDER BY id")]
    [InlineData("  id Int @id @default(autoincrement())\n  nick String? /// @renamedFrom(\"name\")\n  handle String? /// @renamedFrom(\"nick\")", "SELECT nick, handle FROM \"User\" ORDER BY id")]
    [InlineData("  /// @renamedFrom(\"id\")\n  number BigInt @id @default(autoincrement())\n  title String? @unique /// @renamedFrom(\"name\")\n  nick String? @db.Text", "SELECT title, nick FROM \"User\" ORDER BY number")]
    public async Task A_hinted_column_keeps_its_values(string fields, string query)
    {
        await using var bench = await RenameBench.OpenAsync(Users, UserRows);
        var wanted = $"model User {{\n{fields}\n}}\n";
        var proposal = await bench.ProposeAsync(wanted);
        Assert.Empty(proposal.Questions);

        await bench.ApplyAsync(proposal);

        Assert.Equal(["Ada|a", "Bob|"], await bench.RowsAsync(query));
        Assert.True((await bench.ProposeAsync(wanted)).IsEmpty);
        await bench.Bench.ExecuteAsync("INSERT INTO \"User\" DEFAULT VALUES");
    }

    [Theory]
    [InlineData("  full_name String?\n  nick String?", "full_name", "SELECT full_name FROM \"User\" ORDER BY id")]
    [InlineData("  Name String?\n  nick String?", "Name", "SELECT \"Name\" FROM \"User\" ORDER BY id")]
    [InlineData("  full_name String? @db.VarChar(50)\n  nick String?", "full_name", "SELECT full_name FROM \"User\" ORDER BY id")]
    [InlineData("  full_name String\n  nick String?", "full_name", "SELECT full_name FROM \"User\" ORDER BY id")]
    [InlineData("  name String? @map(\"label\")\n  nick String?", "label", "SELECT label FROM \"User\" ORDER BY id")]
    public async Task A_column_that_may_be_renamed_is_asked_about_and_a_yes_keeps_its_values(string fields, string now, string query)
    {
        await using var bench = await RenameBench.OpenAsync(Users, UserRows);
        var wanted = $"model User {{\n  id Int @id @default(autoincrement())\n{fields}\n}}\n";
        var question = (await bench.ProposeAsync(wanted)).Questions[0];
        Assert.Equal(("User.name", now, 2L), (question.Candidate.OldPath, question.Candidate.New, question.Values));

        await bench.ApplyAsync(await bench.ProposeAsync(wanted, question.Candidate));

        Assert.Equal(["Ada", "Bob"], await bench.RowsAsync(query));
    }

    [Fact]
    public async Task Two_that_go_and_two_that_come_are_told_apart_by_a_person()
    {
        await using var bench = await RenameBench.OpenAsync(Users, UserRows);
        var wanted = "model User {\n  id Int @id @default(autoincrement())\n  full_name String?\n  nickname String?\n}\n";
        var questions = (await bench.ProposeAsync(wanted)).Questions;
        Assert.Equal(
            [("name", "full_name"), ("nick", "nickname"), ("name", "nickname"), ("nick", "full_name")],
            questions.Select(q => (q.Candidate.Old, q.Candidate.New)));

        await bench.ApplyFreelyAsync(await bench.ProposeAsync(wanted, questions[2].Candidate, questions[3].Candidate));

        Assert.Equal(["a|Ada", "|Bob"], await bench.RowsAsync("SELECT full_name, nickname FROM \"User\" ORDER BY id"));
    }

    [Fact]
    public async Task Two_columns_of_one_type_that_swap_their_names_are_left_alone()
    {
        await using var bench = await RenameBench.OpenAsync(Users, UserRows);
        Assert.True((await bench.ProposeAsync("model User {\n  id Int @id @default(autoincrement())\n  nick String?\n  name String?\n}\n")).IsEmpty);
    }

    [Theory]
    // Into another table.
    [InlineData("model User {\n  id Int @id @default(autoincrement())\n  nick String?\n}\nmodel Other {\n  id Int @id\n  name String?\n}\n")]
    // A table split in two.
    [InlineData("model User {\n  id Int @id @default(autoincrement())\n}\nmodel Profile {\n  user Int @id\n  name String?\n  nick String?\n}\n")]
    // For something of quite another kind.
    [InlineData("model User {\n  id Int @id @default(autoincrement())\n  nick String?\n  picture Bytes?\n}\n")]
    public async Task What_is_no_rename_is_not_asked_about_and_its_loss_needs_consent(string wanted)
    {
        await using var bench = await RenameBench.OpenAsync(Users, UserRows);
        var proposal = await bench.ProposeAsync(wanted);
        Assert.Empty(proposal.Questions);
        Assert.Contains(proposal.Warnings, w => w.Contains("drop the column `name`", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Evidence_is_counted_under_the_names_that_the_rows_still_have()
    {
        await using var bench = await RenameBench.OpenAsync(Users, UserRows);
        var proposal = await bench.ProposeAsync("/// @renamedFrom(\"User\")\nmodel Account {\n  id Int @id @default(autoincrement())\n  title String? @db.VarChar(3) /// @renamedFrom(\"name\")\n}\n");
        Assert.Collection(
            proposal.Warnings,
            w => Assert.Contains("drop the column `nick` on the `Account` table, which still contains 1 non-null values", w, StringComparison.Ordinal),
            w => Assert.Contains("alter the column `title` on the `Account` table, which contains 2 non-null values", w, StringComparison.Ordinal));
        await bench.ApplyAsync(proposal);
        Assert.Equal(["Ada", "Bob"], await bench.RowsAsync("SELECT title FROM \"Account\" ORDER BY id"));
    }

    [Theory]
    [InlineData("@@map(\"User\")")]
    [InlineData("@@map(\"User\")\n  @@index([id], map: \"by_hand\")")]
    public async Task A_model_renamed_in_the_schema_alone_keeps_its_table(string attributes)
    {
        await using var bench = await RenameBench.OpenAsync(Users, UserRows);
        var proposal = await bench.ProposeAsync($"model Account {{\n  id Int @id @default(autoincrement())\n  label String? @map(\"name\")\n  nick String?\n  {attributes}\n}}\n");
        Assert.Empty(proposal.Questions);
        Assert.Empty(proposal.Warnings);
        Assert.DoesNotContain("DROP", proposal.Script, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renamed_table_takes_its_keys_indexes_and_sequences_along()
    {
        const string before = """
            model User {
              id    Int    @id @default(autoincrement())
              email String @unique
              posts Post[]
            }
            model Post {
              id     Int  @id @default(autoincrement())
              author Int
              user   User @relation(fields: [author], references: [id])
              @@index([author])
            }
            """;
        await using var bench = await RenameBench.OpenAsync(before, """INSERT INTO "User" (email) VALUES ('a'); INSERT INTO "Post" (author) VALUES (1)""");
        var after = before.Replace("model User", "model Account", StringComparison.Ordinal).Replace("User ", "Account ", StringComparison.Ordinal).Replace("author", "writer", StringComparison.Ordinal);
        var questions = (await bench.ProposeAsync(after)).Questions;
        Assert.Equal(["User", "Post.author"], questions.Select(q => q.Candidate.OldPath).Order(StringComparer.Ordinal).Reverse());

        await bench.ApplyFreelyAsync(await bench.ProposeAsync(after, questions.Select(q => q.Candidate)));

        Assert.True((await bench.ProposeAsync(after)).IsEmpty);
        Assert.Equal(
            ["Account_email_key", "Account_id_seq", "Account_pkey", "Post_id_seq", "Post_pkey", "Post_writer_fkey", "Post_writer_idx"],
            await bench.RowsAsync("""
                SELECT relname::text COLLATE "C" FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('i', 'S')
                UNION SELECT conname::text COLLATE "C" FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1
                """));
        Assert.Equal(["2"], await bench.RowsAsync("""INSERT INTO "Account" (email) VALUES ('b') RETURNING id"""));
    }

    [Fact]
    public async Task A_table_that_moves_to_another_schema_is_asked_about_and_keeps_its_rows()
    {
        const string before = "model User {\n  id Int @id @default(autoincrement())\n  name String?\n  @@schema(\"base\")\n}\n";
        await using var bench = await Workbench.OpenAsync();
        bench.Settings = bench.Settings with { DeclaredSchemas = ["base", "more"] };
        await Push.ApplyAsync(bench.Settings, await Push.PlanAsync(bench.Settings, Wanted(before), Stop), cancellation: Stop);
        await bench.ExecuteAsync("INSERT INTO base.\"User\" (name) VALUES ('Ada')");
        var after = Wanted(before.Replace("\"base\"", "\"more\"", StringComparison.Ordinal));
        var question = Assert.Single((await Push.PlanAsync(bench.Settings, after, Stop)).Questions);
        Assert.Equal("base.User", question.Candidate.OldPath);

        await Push.ApplyAsync(bench.Settings, await Push.PlanAsync(bench.Settings, after with { Renames = [question.Candidate.Rename] }, Stop), cancellation: Stop);

        Assert.Equal("Ada", await bench.ScalarAsync<string>("SELECT name FROM more.\"User\""));

        static Sluice.Catalog.Database Wanted(string models) => RenameBench.Wanted(models, "schemas = [\"base\", \"more\"]");
    }

    [Fact]
    public async Task A_hint_whose_rename_is_done_does_no_harm()
    {
        await using var bench = await RenameBench.OpenAsync(Users, UserRows);
        const string wanted = "model User {\n  id Int @id @default(autoincrement())\n  nick String? /// @renamedFrom(\"name\")\n  handle String? /// @renamedFrom(\"nick\")\n}\n";
        await bench.TakeToAsync(wanted);
        await bench.TakeToAsync(wanted.Replace("handle String?", "handle String? @db.VarChar", StringComparison.Ordinal));
        Assert.Equal(["Ada|a", "Bob|"], await bench.RowsAsync("SELECT nick, handle FROM \"User\" ORDER BY id"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rename_beside_a_loss_in_the_same_table_is_proved_and_says_what_is_lost(bool keepData)
    {
        await using var bench = await Workbench.OpenAsync();
        await ChangeAsync(bench, Users, "init");
        await bench.ExecuteAsync(UserRows);

        var back = await ChangeAsync(bench, "model User {\n  id Int @id @default(autoincrement())\n  full_name String? /// @renamedFrom(\"name\")\n  age Int?\n}\n", "rename", keepData);

        Assert.Contains("irreversible: the values of the column `nick` of `User` are gone", back, StringComparison.Ordinal);
        await bench.ExecuteAsync(back);
        Assert.Equal("Ada", await bench.ScalarAsync<string>("SELECT name FROM \"User\" WHERE id = 1"));
    }

    [Fact]
    public async Task A_hinted_rename_replays_from_the_folder_and_is_taken_back_with_its_values()
    {
        await using var bench = await Workbench.OpenAsync();
        await ChangeAsync(bench, Users, "init");
        await bench.ExecuteAsync(UserRows);
        var after = "/// @renamedFrom(\"User\")\nmodel Account {\n  id Int @id @default(autoincrement())\n  full_name String? /// @renamedFrom(\"name\")\n  nick String?\n}\n";
        var back = await ChangeAsync(bench, after, "rename");

        Assert.Equal("Ada", await bench.ScalarAsync<string>("SELECT full_name FROM \"Account\" WHERE id = 1"));
        var replayed = await Dev.DiagnoseAsync(bench.Settings, RenameBench.Wanted(after), Stop);
        Assert.False(replayed.IsBlocked);
        Assert.True((await Dev.ProposeAsync(bench.Settings, replayed, cancellation: Stop)).IsEmpty);

        Assert.DoesNotContain("DROP", back, StringComparison.Ordinal);
        await bench.ExecuteAsync(back);
        Assert.Equal("Ada", await bench.ScalarAsync<string>("SELECT name FROM \"User\" WHERE id = 1"));
    }

    /// <summary>The next migration, applied; its way back is proved and returned.</summary>
    private static async Task<string> ChangeAsync(Workbench bench, string models, string title, bool keepData = false)
    {
        var proposal = await Dev.ProposeAsync(bench.Settings, await Dev.DiagnoseAsync(bench.Settings, RenameBench.Wanted(models), Stop), cancellation: Stop);
        var (created, reversal) = await Dev.CreateWithDownAsync(bench.Settings, proposal, title, keepData, Stop);
        await Dev.ApplyCreatedAsync(bench.Settings, proposal, created, Stop);
        Assert.Equal(Sluice.Postgres.Proving.ProofVerdict.Proved, reversal!.Proof.Verdict);
        return reversal.Script;
    }
}
