using Npgsql;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Online;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Reading;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Conformance;
using Sluice.Sql.Segments;
using Sluice.Postgres.Tests.Running;
using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;

namespace Sluice.Postgres.Tests.Objects;

/// <summary>Migrations in online forms lead where the plain ones lead, in two rounds where rows are to be filled between.</summary>
public sealed class OnlinePlanTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // The others have no form of their own; the random catalogs hold all of them.
    [Fact]
    public Task Every_kind_of_object_with_a_form_of_its_own_is_added_and_changed_with_rows_in_the_tables() =>
        CleanDatabases.RunAsync(ObjectCase.All.Where(c => c.Kind is ObjectKind.Index or ObjectKind.Check or ObjectKind.ForeignKey or ObjectKind.PrimaryKey or ObjectKind.UniqueConstraint or ObjectKind.Exclusion
            or ObjectKind.Partition or ObjectKind.View or ObjectKind.MaterializedView or ObjectKind.Trigger or ObjectKind.GeneratedColumn), c => c.Title, async (database, test) =>
        {
            await database.ExecuteAsync(ObjectCase.Tables + test.Before);
            var without = await ReadAsync(database);
            await database.ExecuteAsync(test.Make);
            var with = await ReadAsync(database);
            await database.ExecuteAsync(test.Change ?? "SELECT 1");
            var changed = await ReadAsync(database);

            await database.ExecuteAsync(CleanDatabases.Empty);
            await database.ExecuteAsync(ObjectCase.Tables + test.Before);
            return await StepAsync(database, without, with) ?? await StepAsync(database, with, changed);
        });

    [Fact]
    public Task Each_case_of_the_corpus_goes_there_and_back() =>
        CleanDatabases.RunAsync(MigrationCase.All, c => c.Name, async (database, test) =>
        {
            await database.ExecuteAsync(Migration.Script(Database.Empty, test.Before()));
            // The way back starts from the server: what sequences are called after the way there, no schema says.
            return await StepAsync(database, test.Before(), test.After()) ?? await StepAsync(database, await ReadLanguageAsync(database, test.After()), test.Before());
        });

    [Fact]
    public async Task Rows_are_filled_between_two_migrations_and_all_is_as_the_plain_one_makes_it()
    {
        const string Before = "CREATE TABLE orders (number integer NOT NULL, note text); INSERT INTO orders SELECT n, 'x' FROM generate_series(1, 50) n; CREATE TABLE lines (order_id integer);";
        const string After = """
            ALTER TABLE orders ADD COLUMN id serial PRIMARY KEY, ADD COLUMN code uuid NOT NULL DEFAULT gen_random_uuid(), ALTER COLUMN note SET NOT NULL;
            CREATE UNIQUE INDEX orders_number_key ON orders (number);
            CREATE INDEX orders_note ON orders (note);
            ALTER TABLE lines ADD CONSTRAINT lines_fkey FOREIGN KEY (order_id) REFERENCES orders (id);
            """;
        await using var database = await TestDatabase.CreateAsync(Before);
        var before = await ReadAsync(database);
        await using var plain = await TestDatabase.CreateAsync(Before);
        await plain.ExecuteAsync(After);
        var after = await ReadAsync(plain);

        Assert.Equal(["code", "id"], Migration.OnlineFile(before, after).Late.Select(l => l.Column));
        var difference = await StepAsync(database, before, after);
        Assert.True(difference is null, difference);
        Assert.Equal(50L, await database.QueryAsync("SELECT count(DISTINCT (id, code)) FROM orders WHERE id IS NOT NULL"));
        Assert.Equal(51, await database.QueryAsync("INSERT INTO orders (number, note) VALUES (0, 'y') RETURNING id"));
    }

    [Fact]
    public async Task What_is_made_on_the_way_takes_no_name_that_is_in_use()
    {
        await using var database = await TestDatabase.CreateAsync("CREATE TABLE orders (id int NOT NULL, note text, CONSTRAINT note_set CHECK (note <> 'z')); CREATE INDEX orders_pkey_new ON orders (note); INSERT INTO orders VALUES (1, 'x')");
        var before = await ReadAsync(database);
        await using var plain = await TestDatabase.CreateAsync("CREATE TABLE orders (id int PRIMARY KEY, note text NOT NULL, CONSTRAINT note_set CHECK (note <> 'z')); CREATE INDEX orders_pkey_new ON orders (note)");

        var difference = await StepAsync(database, before, await ReadAsync(plain));

        Assert.True(difference is null, difference);
    }

    [Fact]
    public async Task What_goes_in_two_transactions_is_kept_by_each_as_it_found_it_and_nobody_writes_meanwhile()
    {
        var before = Schema("a String @default(\"\")\n  b String?\n  d Decimal @default(0) @db.Decimal(10, 4)");
        var after = Schema("a Int @default(0)\n  d Decimal @default(0) @db.Decimal(10, 1)");
        await using var database = await TestDatabase.CreateAsync(Migration.Script(Database.Empty, before));
        await database.ExecuteAsync("INSERT INTO t VALUES (1, 'one', 'b1', 1.2345), (2, 'two', 'b2', 2.3456)");
        var parts = Migration.OnlineFile(before, after, "1_kept").Script.Split("COMMIT;\n");
        Assert.Equal(2, parts.Length);
        Assert.Equal(2, parts[0].Split('\n').Count(l => l.StartsWith("-- Not online: t is closed while what goes is kept: LOCK TABLE", StringComparison.Ordinal)));

        await using (var session = await database.Source.OpenConnectionAsync(Stop))
        {
            await using var transaction = await session.BeginTransactionAsync(Stop);
            await using var keep = new NpgsqlCommand(parts[0][..parts[0].IndexOf("-- AlterTable", StringComparison.Ordinal)], session);
            await keep.ExecuteNonQueryAsync(Stop);
            Assert.Equal("55P03", (await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync("BEGIN; SET LOCAL lock_timeout = '50ms'; SELECT FROM t"))).SqlState);
        }

        await ApplyAsync(parts[0]);
        await database.ExecuteAsync("INSERT INTO t (id, a, b, d) VALUES (3, 3, 'b3', 3.5); UPDATE t SET b = 'b2 again' WHERE id = 2");
        await ApplyAsync(parts[1]);
        await ApplyAsync(Migration.OnlineDown(before, after, new("1_kept", Above: true)));

        Assert.Equal("1,one,b1,1.2345|2,two,b2 again,2.3456|3,3,b3,3.5000", await database.QueryAsync("SELECT string_agg(concat_ws(',', id, a, b, d), '|' ORDER BY id) FROM t"));

        Task ApplyAsync(string script) => database.ExecuteAsync($"BEGIN;\n{script.Replace("COMMIT;", "COMMIT;\nBEGIN;", StringComparison.Ordinal)}\nCOMMIT;");

        static Database Schema(string fields) => CatalogBuilder.Build(Migration.Read(new SourceText("schema.prisma", $"model t {{\n  id Int @id\n  {fields}\n}}\n")).Value);
    }

    internal static async Task<string?> StepAsync(TestDatabase database, Database from, Database to)
    {
        for (var round = 1; ; round++)
        {
            var online = Migration.OnlineFile(from, to);
            if (await ApplyAsync(database, online) is { } refusal)
            {
                return $"round {round}: {refusal}\n{online.Script}";
            }

            if (OnlineFindings.Of(from, to) is [var finding, ..])
            {
                return $"round {round}: {finding}";
            }

            var found = to.SeesObjects ? await ReadAsync(database) : await ReadLanguageAsync(database, to);
            var left = CatalogDiffer.Diff(found, to);
            if (left.IsEmpty)
            {
                return null;
            }

            if (round == 2 || online.Late.IsEmpty)
            {
                return $"left to do after round {round}: {string.Join('\n', left)}\nafter\n{online.Script}";
            }

            from = found;
        }
    }

    private static async Task<string?> ApplyAsync(TestDatabase database, OnlineMigration online)
    {
        var settings = new RunSettings { Address = Workbench.AddressOf(database.Url), MigrationsPath = "" };
        await using var session = await ScriptSession.OpenAsync(settings, settings.Address, Stop);
        var failure = await new ScriptRunner(session, Segmentation.Of(online.Script)).RunAsync(Stop);
        if (failure is not null)
        {
            return failure.Cause?.Message ?? failure.Refusal;
        }

        foreach (var late in online.Late.Where(l => l.Value is not null))
        {
            await database.ExecuteAsync($"UPDATE \"{late.Table.Schema}\".\"{late.Table.Name}\" SET \"{late.Column}\" = {late.Value} WHERE \"{late.Column}\" IS NULL");
        }

        return null;
    }

    private static async Task<Database> ReadAsync(TestDatabase database)
    {
        await using var connection = await database.Source.OpenConnectionAsync(Stop);
        return await CatalogReader.ReadWithObjectsAsync(connection);
    }

    private static async Task<Database> ReadLanguageAsync(TestDatabase database, Database wanted)
    {
        await using var connection = await database.Source.OpenConnectionAsync(Stop);
        return await CatalogReader.ReadAsync(connection, "public", wanted.Schemas);
    }
}
