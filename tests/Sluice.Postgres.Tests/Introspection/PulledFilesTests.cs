using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Introspection;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Postgres.Tests.Conformance;
using Sluice.Postgres.Tests.Objects;
using Sluice.Postgres.Verifying;
using Sluice.Sql;
using Sluice.Postgres.Tests.Running;
using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;
using Cases = Sluice.Tests.Support.Conformance;

namespace Sluice.Postgres.Tests.Introspection;

/// <summary>What is pulled, the schema and the files beside it, makes the database again: there is no difference.</summary>
public sealed class PulledFilesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public Task Every_kind_of_object_is_pulled_and_pulled_again_when_it_changed() =>
        CleanDatabases.RunAsync(ObjectCase.All, c => c.Title, async (database, test) =>
        {
            await database.ExecuteAsync(ObjectCase.Tables + test.Before);
            await database.ExecuteAsync(test.Make);
            var made = await PullAsync(database);
            await database.ExecuteAsync(test.Change ?? "SELECT 1");
            var changed = await PullAsync(database, made);
            return changed.Wrong ?? (changed.Removed.IsEmpty ? null : $"taken out: {string.Join('\n', changed.Removed)}");
        });

    [Fact]
    public async Task Databases_of_all_sorts_are_pulled_without_a_difference_and_a_second_time_without_a_change() =>
        await CleanDatabases.RunAsync(PullCase.All(), c => c.Name, async (database, test) =>
        {
            await database.ExecuteAsync(test.Sql);
            var pulled = await PullAsync(database);
            var again = await PullAsync(database, pulled);
            return again.Wrong
                ?? await DifferenceAsync(database, again)
                ?? TextDifference.First(Text(pulled.Schema), Text(again.Schema))
                ?? TextDifference.First(Text(pulled.Files), Text(again.Files));
        });

    [Fact]
    public async Task The_databases_of_real_applications_need_no_files()
    {
        Assert.SkipWhen(Cases.Root is null, Cases.Absent);
        await CleanDatabases.RunAsync(Cases.RealWorld(), c => c.Name, async (database, test) =>
        {
            await database.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS citext; CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\";" + test.SqlFromEmpty);
            var pulled = await PullAsync(database);
            return pulled.Files.IsEmpty ? null : Text(pulled.Files);
        });
    }

    [Fact]
    public async Task What_a_person_wrote_stays_where_and_as_it_is_unless_the_database_has_it_otherwise()
    {
        const string Views = """
            -- Who may vote.
            create or replace view Grown as select id, NAME from author where age > 17;

            /* The rest. */ CREATE VIEW loud AS SELECT upper(name) AS name FROM author; -- cried

            -- gone soon
            CREATE VIEW spare AS SELECT 1 AS one;
            -- at the end
            """;
        const string Rules = "ALTER TABLE author ADD CHECK (age > 0), ADD CONSTRAINT named CHECK (name <> '');\nGRANT SELECT ON author, book TO pg_monitor;\n";
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(ObjectCase.Tables + Views + "\n;" + Rules);
        var first = await PullAsync(database);
        var written = first with { Files = [new SourceText("db/rules.sql", Rules), new SourceText("db/views.sql", Views)] };
        Assert.Equal(Text(written.Files), Text((await PullAsync(database, written)).Files));

        await database.ExecuteAsync("DROP VIEW spare; CREATE OR REPLACE VIEW loud AS SELECT upper(name) AS name, id FROM author; CREATE VIEW more AS SELECT 2 AS two; COMMENT ON VIEW grown IS 'g'");
        var second = await PullAsync(database, written);
        Assert.Null(second.Wrong);
        Assert.Empty(second.Removed);
        Assert.Equal(["db/rules.sql", "db/views.sql", "sql/comments.sql", "sql/views.sql"], second.Files.Select(f => f.Path));
        Assert.Equal(Rules, second.Files[0].Text);
        Assert.Equal(
            """
            -- Who may vote.
            create or replace view Grown as select id, NAME from author where age > 17;

            /* The rest. */ CREATE VIEW "public"."loud" AS
             SELECT upper(author.name) AS name,
                author.id
               FROM public.author; -- cried

            -- gone soon
            -- at the end
            """,
            second.Files[1].Text);

        // What cannot be told apart by its words is changed by commands at the end.
        await database.ExecuteAsync("ALTER TABLE author DROP CONSTRAINT named; REVOKE SELECT ON book FROM pg_monitor; ALTER TABLE author DROP COLUMN bio");
        var third = await PullAsync(database, second);
        Assert.Null(third.Wrong);
        Assert.StartsWith(Rules, third.Files[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statements_about_what_is_gone_are_taken_out_and_told()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(ObjectCase.Tables + "CREATE TABLE extra (id integer PRIMARY KEY, n integer GENERATED ALWAYS AS (id + 1) STORED, CHECK (id > 0));");
        var first = await PullAsync(database);
        Assert.Equal(["sql/tables.sql"], first.Files.Select(f => f.Path));
        await database.ExecuteAsync("DROP TABLE extra");
        var second = await PullAsync(database, first);

        Assert.Null(second.Wrong);
        Assert.NotEmpty(second.Removed);
        Assert.DoesNotContain("extra", Text(second.Files), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_one_file_all_goes_there()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(ObjectCase.Tables + "CREATE VIEW v AS SELECT 1 AS one; COMMENT ON TABLE author IS 'a'; ALTER TABLE author ADD CONSTRAINT c CHECK (age > 0)");
        var pulled = await PullAsync(database, place: _ => "schema.sql");

        Assert.Equal("schema.sql", Assert.Single(pulled.Files).Path);
        Assert.Null((await PullAsync(database, pulled)).Wrong);
    }

    private sealed record Pulled(ImmutableArray<SourceText> Schema, ImmutableArray<SourceText> Files, ImmutableArray<string> Removed, string? Wrong);

    private static async Task<Pulled> PullAsync(TestDatabase database, Pulled? before = null, Func<string, string>? place = null)
    {
        var settings = Settings(database) with { SqlFiles = before?.Files ?? [] };
        var (language, whole) = await Pull.BothAsync(settings, Stop);
        var schema = Introspector.Introspect(BesideFiles.Of(language, whole), before is null ? null : PreviousSchema.Read(before.Schema))
            .Files.Select(f => new SourceText(f.Path, f.Text)).ToImmutableArray();
        var pulled = await PulledFiles.FollowAsync(settings, Said(schema), whole, place ?? (group => $"sql/{group}.sql"), Stop);
        var wrong = pulled.Left.IsEmpty ? null : $"left to do:\n{SqlWriter.Write(pulled.Left)}\nafter\n{Text(pulled.Files)}\ntaken out\n{string.Join('\n', pulled.Removed)}";
        return new Pulled(schema, pulled.Files, pulled.Removed, wrong);
    }

    /// <summary>As `migrate diff` finds it.</summary>
    private static async Task<string?> DifferenceAsync(TestDatabase database, Pulled pulled)
    {
        try
        {
            var (_, whole) = await Pull.BothAsync(Settings(database), Stop);
            var declared = await Declaration.CatalogAsync(Settings(database) with { SqlFiles = pulled.Files }, Said(pulled.Schema), Stop);
            return Migration.Script(declared, whole) is { Length: > 0 } there ? $"declared and found differ:\n{there}"
                : Migration.Script(whole, declared) is { Length: > 0 } back ? $"found and declared differ:\n{back}"
                : null;
        }
        catch (ProblemException refusal)
        {
            return $"{refusal.Problem.Message}\n{refusal.Problem.Statement}\nafter\n{Text(pulled.Files)}";
        }
    }

    private static Database Said(ImmutableArray<SourceText> schema) => CatalogBuilder.Build(Migration.Read([.. schema]).Value);

    private static RunSettings Settings(TestDatabase database) => new() { Address = Workbench.AddressOf(database.Url), MigrationsPath = "." };

    private static string Text(IEnumerable<SourceText> files) => string.Join('\n', files.Select(f => $"-- {f.Path}\n{f.Text}"));
}
