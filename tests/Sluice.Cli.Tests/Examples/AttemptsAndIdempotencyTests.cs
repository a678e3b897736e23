namespace Sluice.Cli.Tests.Examples;

public sealed class AttemptsAndIdempotencyTests
{
    private static readonly Example Example = new("attempts-and-idempotency");

    // Everything that PostgreSQL itself knows of the tables, in its own words and with its names.
    private const string Catalog = """
        SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") FROM (
          SELECT concat_ws(' ', 'column', attrelid::regclass, attnum, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
          FROM pg_attribute JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
          WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND attnum > 0
          UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
          UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
        ) AS facts(line)
        """;

    [Fact]
    public async Task The_migration_makes_exactly_what_the_document_prints()
    {
        var ours = await CatalogOf(Example.Text("migrations/20260114210000_add_auth_attempt_and_idempotency/migration.sql"));
        var printed = await CatalogOf(Example.Text("expected.sql"));
        Assert.Contains("idempotency_records_key_route_key", printed, StringComparison.Ordinal);
        Assert.Equal(printed, ours);
    }

    [Fact]
    public void The_expected_script_is_the_document_s()
    {
        var document = Repository.FindAbove("shared/requirements/001_7b621403f583242b.txt");
        Assert.SkipWhen(document is null, "no shared/requirements above this checkout");
        Assert.Contains($"```sql\n{Example.Text("expected.sql")}```", File.ReadAllText(document!), StringComparison.Ordinal);
    }

    private static async Task<string> CatalogOf(string sql)
    {
        await using var database = await TestDatabase.CreateAsync(sql);
        await using var command = database.Source.CreateCommand(Catalog);
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
