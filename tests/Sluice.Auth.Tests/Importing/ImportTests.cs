using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Audit;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Importing;

/// <summary>What an import does with lines that are sound.</summary>
public sealed class ImportTests
{
    private const string Password = "the old system's password";

    private static readonly string Other = new PasswordHasher<object>().HashPassword(new object(), "somebody else's password");

    private static readonly string Hash = new PasswordHasher<object>().HashPassword(new object(), Password);

    private static string Ada(string? displayName = "Ada Lovelace") => Importing.Line(new { email = "ada@example.com", username = "ada", displayName, emailVerified = true, passwordHash = Hash, createdAt = "2020-01-31T12:00:00.1234567+01:00" });

    [Fact]
    public async Task Accounts_are_as_their_lines_say_and_their_owners_sign_in_with_the_old_password()
    {
        await using var import = await Importing.StartAsync();

        var imported = await import.RunAsync(
            Ada()
            + Importing.Line(new { id = "9E107D9D-372B-4C2F-9F3B-5B1A3B0C1D2E", email = " Bob@Example.com ", isActive = false, passwordHash = (string?)null, emailVerified = "2021-05-05T05:05:05Z", lastLoginAt = "2022-02-02T02:02:02Z", role = "editor" })
            + Importing.Line(new { email = "cy@example.com", emailVerified = false }));

        Assert.Equal((0, "3 lines: 3 added, 0 updated, 0 there already, 0 skipped, 0 rejected", ""), (imported.Code, imported.Said, imported.Progress));
        Assert.Equal(
            """
            ada@example.com|ada|Ada Lovelace|user|t|2020-01-31 11:00:00.123456+00|2020-01-31 11:00:00.123456+00|-
            bob@example.com|-|-|editor|f|2021-05-05 05:05:05+00|now|2022-02-02 02:02:02+00
            cy@example.com|-|-|user|t|-|now|-
            """,
            await import.Database.QueryAsync(
                """
                SELECT string_agg(concat_ws('|', email, coalesce(username, '-'), coalesce(name, '-'), role, CASE WHEN "isActive" THEN 't' ELSE 'f' END, coalesce(("emailVerified" AT TIME ZONE 'UTC')::text || '+00', '-'),
                  CASE WHEN "createdAt" > now() - interval '1 hour' THEN 'now' ELSE ("createdAt" AT TIME ZONE 'UTC')::text || '+00' END, coalesce(("lastLoginAt" AT TIME ZONE 'UTC')::text || '+00', '-')), E'\n' ORDER BY email) FROM users
                """));
        Assert.Equal(1, await import.CountAsync("id = '9e107d9d-372b-4c2f-9f3b-5b1a3b0c1d2e'"));
        await import.Node.LoginAsync("ada", Password);
        await import.Node.LoginAsync("ada@example.com", Password);
    }

    [Fact]
    public async Task The_same_lines_again_change_nothing_also_after_their_owners_have_signed_in()
    {
        await using var import = await Importing.StartAsync();
        await import.RunAsync(Ada());

        Assert.Equal("1 lines: 0 added, 0 updated, 1 there already, 0 skipped, 0 rejected", (await import.RunAsync(Ada())).Said);
        await import.Node.LoginAsync("ada", Password);
        Assert.StartsWith("$argon2id$", (string)(await import.Database.QueryAsync("SELECT \"passwordHash\" FROM users"))!, StringComparison.Ordinal);
        foreach (var mode in new[] { "report", "skip", "update", "fail" })
        {
            Assert.Equal("1 lines: 0 added, 0 updated, 1 there already, 0 skipped, 0 rejected", (await import.RunAsync(Ada(), "--on-conflict", mode)).Said);
        }

        Assert.StartsWith("$argon2id$", (string)(await import.Database.QueryAsync("SELECT \"passwordHash\" FROM users"))!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_comes_with_its_account_and_is_compared_by_what_it_says()
    {
        await using var import = await Importing.StartAsync();

        await import.RunAsync("""{"email":"ada@example.com","metadata":{"b":{"deep":[1,null,"\u00e9"]},"a":true}}""");

        Assert.Equal("""{"a": true, "b": {"deep": [1, null, "é"]}}""", await import.Database.QueryAsync("SELECT metadata::text FROM users"));
        Assert.Contains("1 there already", (await import.RunAsync("""{"metadata": {"a":true, "b":{"deep":[1,null,"é"]}}, "email":"ada@example.com"}""")).Said, StringComparison.Ordinal);
        Assert.Contains("1 rejected", (await import.RunAsync("""{"metadata":{"a":false},"email":"ada@example.com"}""")).Said, StringComparison.Ordinal);
        Assert.Contains("is refused by the database", (await import.RunAsync("""{"metadata":{"a":"\ud83d"},"email":"bob@example.com"}""")).Progress, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("report", 1, "2 lines: 1 added, 0 updated, 0 there already, 0 skipped, 1 rejected", "Ada Lovelace")]
    [InlineData("skip", 0, "2 lines: 1 added, 0 updated, 0 there already, 1 skipped, 0 rejected", "Ada Lovelace")]
    [InlineData("update", 0, "2 lines: 1 added, 1 updated, 0 there already, 0 skipped, 0 rejected", "Ada King")]
    [InlineData("fail", 1, "1 lines: 0 added, 0 updated, 0 there already, 0 skipped, 1 rejected", "Ada Lovelace")]
    public async Task An_address_that_is_taken_is_dealt_with_as_asked(string mode, int code, string said, string name)
    {
        await using var import = await Importing.StartAsync();
        await import.RunAsync(Ada());

        var imported = await import.RunAsync(Ada("Ada King") + Importing.Line(new { email = "bob@example.com" }), "--on-conflict", mode);

        Assert.Equal((code, said), (imported.Code, imported.Said));
        Assert.Equal(name, await import.Database.QueryAsync("SELECT name FROM users WHERE email = 'ada@example.com'"));
        Assert.Equal(mode == "fail" ? 1 : 2, await import.CountAsync());
        await import.Node.LoginAsync("ada", Password);
    }

    [Fact]
    public async Task An_update_never_touches_an_account_whose_owner_has_signed_in_here()
    {
        await using var import = await Importing.StartAsync();
        await import.RunAsync(Ada());
        await import.Node.LoginAsync("ada", Password);

        var imported = await import.RunAsync(Ada("Eve"), "--on-conflict", "update");

        Assert.Equal(1, imported.Code);
        Assert.Equal("line 1 is of an account that differs and whose owner has signed in here since: it stays as it is\n", imported.Progress);
        Assert.Equal(1, await import.CountAsync("name = 'Ada Lovelace'"));
    }

    [Fact]
    public async Task An_update_leaves_an_administrators_role_password_and_state_and_makes_nobody_one()
    {
        await using var import = await Importing.StartAsync();
        await import.RunAsync(Ada() + Importing.Line(new { email = "bob@example.com", role = "ADMIN" }) + Importing.Line(new { email = "carol@example.com" }));
        await import.Database.ExecuteAsync("INSERT INTO role_grants (\"userId\", role, \"grantedAt\") SELECT id, 'ADMIN', now() FROM users WHERE email = 'ada@example.com'");

        foreach (var line in new object[]
                 {
                     new { email = "bob@example.com", role = "user" }, new { email = "bob@example.com", passwordHash = Other }, new { email = "bob@example.com", isActive = false },
                     new { email = "ada@example.com", passwordHash = Other }, new { email = "ada@example.com", role = "VIEWER" }, new { email = "carol@example.com", role = "ADMIN" },
                 })
        {
            var refused = await import.RunAsync(Importing.Line(line), "--on-conflict", "update");
            Assert.Equal((1, "1 lines: 0 added, 0 updated, 0 there already, 0 skipped, 1 rejected"), (refused.Code, refused.Said));
            Assert.Contains("administrator", refused.Progress, StringComparison.Ordinal);
        }

        Assert.Equal((0, "1 lines: 0 added, 1 updated, 0 there already, 0 skipped, 0 rejected"), await import.RunAsync(Importing.Line(new { email = "bob@example.com", role = "ADMIN", displayName = "Bob" }), "--on-conflict", "update") is var named ? (named.Code, named.Said) : default);
        Assert.Equal(1, await import.CountAsync("name = 'Bob' AND role = 'ADMIN' AND \"isActive\""));
        await import.Node.LoginAsync("ada", Password);
    }

    [Fact]
    public async Task An_update_never_touches_an_account_that_has_a_session()
    {
        await using var import = await Importing.StartAsync();
        await import.RunAsync(Ada());
        var ada = await import.Node.LoginAsync("ada", Password);
        await import.Database.ExecuteAsync("UPDATE users SET \"lastLoginAt\" = NULL");

        var imported = await import.RunAsync(Importing.Line(new { email = "ada@example.com", passwordHash = Other, displayName = "Eve" }), "--on-conflict", "update");

        Assert.Equal("line 1 is of an account that differs and whose owner has signed in here since: it stays as it is\n", imported.Progress);
        Assert.Equal(System.Net.HttpStatusCode.OK, await import.Node.StatusAsync(ada.Access));
        await import.Node.LoginAsync("ada", Password);
    }

    [Fact]
    public async Task Two_lines_of_one_account_are_one_account_and_two_accounts_never_share_a_name_or_an_id()
    {
        await using var import = await Importing.StartAsync();
        var id = Guid.NewGuid();

        var imported = await import.RunAsync(
            Ada() + Ada() + Ada("Another") + Importing.Line(new { email = "eve@example.com", username = "ADA" })
            + Importing.Line(new { id, email = "bob@example.com" }) + Importing.Line(new { id, email = "cy@example.com" }));

        Assert.Equal((1, "6 lines: 2 added, 0 updated, 1 there already, 0 skipped, 3 rejected"), (imported.Code, imported.Said));
        Assert.Equal(["line 3", "line 4", "line 6"], imported.Progress.TrimEnd().Split('\n').Select(l => l[..6]));
    }

    [Fact]
    public async Task A_deleted_account_s_address_is_free_and_what_was_deleted_stays_so()
    {
        await using var import = await Importing.StartAsync();
        await import.RunAsync(Ada());
        await import.Database.ExecuteAsync("UPDATE users SET \"deletedAt\" = now(), \"passwordHash\" = NULL");

        Assert.Equal("1 lines: 1 added, 0 updated, 0 there already, 0 skipped, 0 rejected", (await import.RunAsync(Ada())).Said);
        Assert.Equal(1, await import.CountAsync("\"deletedAt\" IS NOT NULL AND \"passwordHash\" IS NULL"));
    }

    [Fact]
    public async Task A_dry_run_says_what_a_run_would_and_writes_nothing()
    {
        await using var import = await Importing.StartAsync();
        // More than a batch between the first line and its twin.
        var lines = Ada() + string.Concat(Enumerable.Range(0, 1500).Select(i => Importing.Line(new { email = $"{i}@example.com" }))) + Ada("Another");

        var dry = await import.RunAsync(lines, "--dry-run", "--json");

        Assert.Equal((1, """{"lines":1502,"added":1501,"updated":0,"unchanged":0,"skipped":0,"rejected":1,"dryRun":true}"""), (dry.Code, dry.Said));
        Assert.Equal(0, await import.CountAsync());
        Assert.Equal(0L, await import.Database.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'accounts_imported'"));
        Assert.Equal("""{"lines":1502,"added":1501,"updated":0,"unchanged":0,"skipped":0,"rejected":1,"dryRun":false}""", (await import.RunAsync(lines, "--json")).Said);
        Assert.Equal(1501, await import.CountAsync());
    }

    [Fact]
    public async Task Each_batch_is_in_the_audit_log_with_its_lines_and_without_a_hash()
    {
        await using var import = await Importing.StartAsync();
        await import.RunAsync(Ada() + string.Concat(Enumerable.Range(0, 1500).Select(i => Importing.Line(new { email = $"{i}@example.com", passwordHash = Hash }))));

        Assert.Equal(
            """[{"added": 1000, "source": "standard input", "updated": 0, "lastLine": 1000, "firstLine": 1}, {"added": 501, "source": "standard input", "updated": 0, "lastLine": 1501, "firstLine": 1001}]""",
            await import.Database.QueryAsync("SELECT jsonb_agg(\"newValues\" ORDER BY \"createdAt\")::text FROM audit_logs WHERE action = 'accounts_imported'"));
        Assert.Equal(0L, await import.Database.QueryAsync($"SELECT count(*) FROM audit_logs l WHERE l::text LIKE '%{Hash}%'"));
        await import.Node.Get<AuditSeals>().SealAsync(TestContext.Current.CancellationToken);
        Assert.Empty((await import.Node.Get<AuditSeals>().VerifyAsync(null, TestContext.Current.CancellationToken)).Findings);
    }

    [Fact]
    public async Task One_line_that_a_constraint_of_the_application_s_refuses_keeps_no_other_out()
    {
        await using var import = await Importing.StartAsync("ALTER TABLE users ADD CONSTRAINT no_bobs CHECK (name <> 'Bob'); CREATE TYPE rank AS ENUM ('user', 'admin'); ALTER TABLE users ALTER role DROP DEFAULT, ALTER role TYPE rank USING role::rank, ALTER role SET DEFAULT 'user'");

        var imported = await import.RunAsync(
            Ada() + Importing.Line(new { email = "bob@example.com", displayName = "Bob" }) + Importing.Line(new { email = "cy@example.com", role = "emperor" }) + Importing.Line(new { email = "di@example.com", role = "admin" }));

        Assert.Equal((1, "4 lines: 2 added, 0 updated, 0 there already, 0 skipped, 2 rejected"), (imported.Code, imported.Said));
        Assert.Equal("line 2 is refused by the database (23514, no_bobs)\nline 3 is refused by the database (22P02)\n", imported.Progress);
        Assert.Equal(1, await import.CountAsync("role = 'admin'"));

        // Among thousands, first and last.
        var many = Enumerable.Range(0, 1200).Select(i => Importing.Line(new { email = $"{i}@example.com", displayName = i is 0 or 700 or 999 or 1199 ? "Bob" : "Zoe" }));
        var told = await import.RunAsync(string.Concat(many));
        Assert.Equal("1200 lines: 1196 added, 0 updated, 0 there already, 0 skipped, 4 rejected", told.Said);
        Assert.Equal([1, 701, 1000, 1200], told.Progress.TrimEnd().Split('\n').Select(l => int.Parse(l.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_table_of_the_application_s_with_citext_and_a_flag_and_columns_missing_takes_accounts_too()
    {
        await using var import = await Importing.StartAsync(
            "CREATE EXTENSION citext; ALTER TABLE users ALTER email TYPE citext, DROP username, ALTER \"emailVerified\" TYPE boolean USING false, ALTER \"createdAt\" TYPE timestamp(3) USING now()",
            o =>
            {
                o.Tables.Absent.Add("users.username");
                o.Tables.Types["users.email"] = "citext";
                o.Tables.Types["users.emailVerified"] = "boolean";
            });
        var line = Importing.Line(new { email = "bob@example.com", emailVerified = true, createdAt = "2020-01-31T12:00:00.123987Z", passwordHash = Hash });
        await import.Database.ExecuteAsync("INSERT INTO users (id, email, \"createdAt\", \"updatedAt\") VALUES (gen_random_uuid(), 'Cy@Example.com', now(), now())");

        var imported = await import.RunAsync(Ada() + line + Importing.Line(new { email = "cy@example.com" }));

        Assert.Equal("3 lines: 1 added, 0 updated, 1 there already, 0 skipped, 1 rejected", imported.Said);
        Assert.Equal("line 1 has username, and Tables.Absent says that there is no `users.username`: leave it out\n", imported.Progress);
        Assert.Equal(1, await import.CountAsync("\"emailVerified\" AND \"createdAt\" = '2020-01-31 12:00:00.124'"));
        Assert.Equal("1 lines: 0 added, 0 updated, 1 there already, 0 skipped, 0 rejected", (await import.RunAsync(line)).Said);
        await import.Node.LoginAsync("bob@example.com", Password);
    }

    [Theory, InlineData("--on-conflict"), InlineData("--on-conflict", "explode"), InlineData("a", "b"), InlineData("--rejected"), InlineData("--what"), InlineData("same", "--rejected", "./same")]
    public async Task What_is_no_way_to_write_it_is_told_so(params string[] arguments)
    {
        await using var import = await Importing.StartAsync();
        var imported = await import.RunAsync("", arguments);
        Assert.Equal(2, imported.Code);
        Assert.Contains("import [FILE|-]", imported.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_written_over_by_rejected_lines_and_a_new_one_is_private()
    {
        await using var import = await Importing.StartAsync();
        var file = Path.Combine(Directory.CreateTempSubdirectory("sluice-rejected-").FullName, "rejected.ndjson");
        await File.WriteAllTextAsync(file, "kept", TestContext.Current.CancellationToken);

        var refused = await import.RunAsync("{}\n", "--rejected", file);
        Assert.Equal((2, $"{file} is there already, and others might read it. Name a new file for --rejected, or remove that one.\n"), (refused.Code, refused.Progress));
        Assert.Equal("kept", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));

        File.Delete(file);
        Assert.Equal(1, (await import.RunAsync("{}\n", "--rejected", file)).Code);
        Assert.Equal("{}\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task A_file_that_is_not_there_and_a_database_that_is_not_fit_are_told()
    {
        await using var import = await Importing.StartAsync();
        var missing = await import.RunAsync("", "/nowhere/accounts.ndjson");
        Assert.Equal(2, missing.Code);
        Assert.Contains("/nowhere/accounts.ndjson", missing.Progress, StringComparison.Ordinal);

        await import.Database.ExecuteAsync("ALTER TABLE users DROP COLUMN name");
        var unfit = await import.RunAsync(Ada());
        Assert.Equal(2, unfit.Code);
        Assert.Contains("\"users\".\"name\" is missing", unfit.Progress, StringComparison.Ordinal);
    }
}
