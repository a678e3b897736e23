namespace Sluice.Cli.Tests;

/// <summary>
/// Who may make functions and operators in a schema that is searched can make some whose arguments fit better than those of the
/// server's own, and whoever calls these by the bare name runs theirs, with the rights of a migration.
/// </summary>
public sealed class PlantedTests
{
    private const string Models = """
        enum Role {
          ADMIN
          USER
        }
        model User {
          id    Int     @id @default(autoincrement())
          email String  @unique
          name  String?
          role  Role    @default(USER)
          posts Post[]

          @@index([name])
        }
        model Post {
          id       BigInt   @id @default(autoincrement())
          title    String
          author   User     @relation(fields: [authorId], references: [id])
          authorId Int
          at       DateTime @default(now())
        }
        """;

    private static readonly string[] Types =
    [
        "oid", "regclass", "regtype", "regproc", "regnamespace", "name", "text", "varchar", "\"char\"", "int2", "int4", "int8", "bool", "float4", "float8", "numeric", "xid", "timestamptz", "interval",
        "text[]", "name[]", "oid[]", "int2[]", "aclitem[]", "jsonb",
    ];

    private static readonly string[] Functions =
    [
        "format", "quote_ident", "quote_literal", "count", "sum", "max", "min", "string_agg", "array_agg", "unnest", "to_jsonb", "regexp_replace", "regexp_match", "starts_with", "split_part", "lower",
        "upper", "substr", "left", "replace", "rtrim", "concat", "concat_ws", "pg_get_expr", "pg_get_constraintdef", "pg_get_indexdef", "pg_get_viewdef", "format_type", "to_regclass", "ceil", "age",
        "current_setting", "bool_or", "encode", "host",
    ];

    // What the server has for these very types it takes first; what it has to convert for, another one may fit better.
    private static string Planted(string[] types, string[] functions) => $$"""
        SET check_function_bodies = off; SET search_path = pg_catalog;
        DO $do$
        DECLARE l text; r text; o text; f text;
          types text[] := ARRAY[{{Literals(types)}}];
        BEGIN
          FOREACH l IN ARRAY types LOOP
            FOREACH r IN ARRAY types LOOP
              EXECUTE format('CREATE FUNCTION public.planted_test(%s, %s) RETURNS bool LANGUAGE plpgsql AS %L', l, r, format('BEGIN RAISE EXCEPTION %L; END', 'SPRUNG: an operator of ' || l || ' and ' || r));
              EXECUTE format('CREATE FUNCTION public.planted_value(%s, %s) RETURNS text LANGUAGE plpgsql AS %L', l, r, format('BEGIN RAISE EXCEPTION %L; END', 'SPRUNG: an operator of ' || l || ' and ' || r));
              FOREACH o IN ARRAY ARRAY['=', '<>', '<', '>', '<=', '>=', '~', '!~', '~~', '||', '+', '-', '*', '/', '->>'] LOOP
                IF NOT EXISTS (SELECT FROM pg_operator x WHERE x.oprname = o AND x.oprleft = l::regtype::oid AND x.oprright = r::regtype::oid) THEN
                  EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public.%I)', o, l, r, CASE WHEN o IN ('||', '+', '-', '*', '/', '->>') THEN 'planted_value' ELSE 'planted_test' END);
                END IF;
              END LOOP;
            END LOOP;
            FOREACH f IN ARRAY ARRAY[{{Literals(functions)}}] LOOP
              FOREACH r IN ARRAY ARRAY['', ', text', ', name', ', int4', ', oid', ', text, text', ', name, name'] LOOP
                IF to_regprocedure(format('pg_catalog.%I(%s%s)', f, l, r)) IS NULL THEN
                  EXECUTE format('CREATE FUNCTION public.%I(%s%s) RETURNS text LANGUAGE plpgsql AS %L', f, l, r, format('BEGIN RAISE EXCEPTION %L; END', format('SPRUNG: %s(%s%s)', f, l, r)));
                END IF;
              END LOOP;
            END LOOP;
          END LOOP;
        END $do$;
        RESET search_path; RESET check_function_bodies;
        """;

    [Fact]
    public async Task No_command_calls_what_somebody_has_planted_in_the_schema()
    {
        await using var work = await LiveWorkspace.CreateAsync(Models);
        (await work.RunAsync("migrate", "dev", "--name", "init")).Ends(0);
        await work.Database.ExecuteAsync("""
            INSERT INTO "User" (email, name) SELECT 'U' || g, 'n' || g FROM generate_series(1, 2000) g;
            INSERT INTO "Post" (title, "authorId") SELECT 't', g FROM generate_series(1, 2000) g;
            CREATE TABLE events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at);
            CREATE FUNCTION tidy() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
            """);
        await work.Database.ExecuteAsync(Planted(Types, Functions));
        work.Write("sluice.json", """{"maintain": {"cleanUp": {"functions": ["tidy"]}, "reindex": {"bloat": 1, "minSize": "1kB"}, "partitions": [{"table": "events", "ahead": 2}]}}""");

        await SpringsNothingAsync(work, "status", "migrate status --drift", "doctor", "monitor", "db pull --print", "maintain --dry-run", "maintain");
        work.Migration("20990101000000_body", "ALTER TABLE \"Post\" ADD COLUMN body text, ALTER COLUMN title SET NOT NULL;\nCREATE INDEX CONCURRENTLY posts ON \"Post\" (body);\n");
        await SpringsNothingAsync(
            work, "migrate lint", "migrate verify --trace", "migrate deploy --dry-run", "migrate deploy --no-backup", "migrate backfill --table Post --set body=title --batch 100", "migrate backfill --status",
            "migrate dev --create-only --name more", "status", "doctor");
        Assert.Equal(2000L, await work.QueryAsync("SELECT pg_catalog.count(*) FROM \"Post\" WHERE body IS NOT NULL"));
    }

    [Fact]
    public async Task Nor_does_an_online_change_also_on_its_scratch_database()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Migration("20260101000000_init", "CREATE TABLE t (id int PRIMARY KEY, name text, n serial);\nCOMMENT ON COLUMN t.id IS 'a';\nINSERT INTO t (id) SELECT g FROM generate_series(1, 500) g;\n");
        work.Migration("20260102000000_planted", Planted(["oid", "regclass", "regtype", "name", "text", "\"char\"", "int2", "int4", "int8"], ["format", "quote_ident", "string_agg", "array_agg", "unnest", "format_type", "replace", "count"]));
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        work.Migration("20260103000000_wider", "ALTER TABLE t ALTER COLUMN id TYPE bigint;\nALTER TABLE t RENAME COLUMN name TO title;\n");

        await SpringsNothingAsync(work, "migrate online start", "migrate online status", "migrate online rollback", "migrate online start", "migrate online complete --no-backup");
        Assert.Equal("bigint", await work.QueryAsync("SELECT pg_catalog.format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 't'::regclass::oid AND attname = 'id'"));
    }

    private static async Task SpringsNothingAsync(LiveWorkspace work, params string[] commands)
    {
        var sprung = new List<string>();
        foreach (var command in commands)
        {
            var run = await work.RunAsync(command.Split(' '));
            // 42809: one that is no aggregate, where one is wanted.
            if (run.ToString().Contains("SPRUNG", StringComparison.Ordinal) || run.ToString().Contains("P1016", StringComparison.Ordinal))
            {
                sprung.Add($"{command}: {run}");
            }
        }

        Assert.True(sprung.Count == 0, string.Join('\n', sprung));
    }

    private static string Literals(string[] texts) => string.Join(", ", texts.Select(t => $"'{t}'"));
}
