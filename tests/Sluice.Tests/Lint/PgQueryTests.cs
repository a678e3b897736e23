using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Sluice.Lint.Statements;
using Sluice.Sql.Lexing;
using Xunit;

namespace Sluice.Tests.Lint;

/// <summary>PostgreSQL's own parser, asked where statements begin and end and what they are.</summary>
public sealed class PgQueryTests(ITestOutputHelper output)
{
    private static readonly string Folder = Path.Combine(House.Repository.Root, "tests/Sluice.Tests/Lint/PgQuery");

    // What histories do not have.
    private static readonly string[] Syntax =
    [
        "DO $outer$ BEGIN EXECUTE $inner$ SELECT ';' $inner$; END $outer$; SELECT 1",
        "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN a > 0 THEN 1 ELSE 2 END; SELECT 3; END; SELECT 4",
        "/* one /* two; */ ; */ SELECT 1; -- ; no\nSELECT 2",
        "SELECT E'a\\'; b', U&'d\\0061t;a', B'01', $$ ; $$; SELECT \"a;b\" FROM \"c\"\"d\"",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); INSERT INTO b VALUES (2)); SELECT 1",
        "BEGIN; SAVEPOINT a; ROLLBACK TO a; COMMIT AND CHAIN; ROLLBACK; PREPARE TRANSACTION 'x'",
        "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT 2) PRIMARY KEY, b text COLLATE \"C\" DEFAULT 'x' NOT NULL, c numeric(10, 2)[] CHECK (true) NO INHERIT, EXCLUDE USING gist (d WITH &&) WHERE (e), LIKE u INCLUDING ALL)",
        "CREATE TABLE t PARTITION OF p (CONSTRAINT c CHECK (a > 0)) FOR VALUES FROM (MINVALUE, 1) TO (MAXVALUE, 2) PARTITION BY HASH (a)",
        "CREATE TABLE t OF k; CREATE TABLE v AS SELECT 1 WITH NO DATA; CREATE UNLOGGED TABLE w (a interval year to month, b double precision, c bit varying(5), d time(3) without time zone)",
        "ALTER TABLE t ALTER a TYPE int USING a::int, ALTER b SET STORAGE plain, ALTER c SET (n_distinct = 5), ALTER d ADD GENERATED ALWAYS AS IDENTITY, ALTER e DROP EXPRESSION IF EXISTS, ADD UNIQUE NULLS NOT DISTINCT (f), DROP CONSTRAINT IF EXISTS g CASCADE",
        "ALTER TABLE t ENABLE ALWAYS TRIGGER a, DISABLE RULE b, FORCE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY, REPLICA IDENTITY USING INDEX c, CLUSTER ON d, SET WITHOUT CLUSTER, SET TABLESPACE e, SET ACCESS METHOD heap, INHERIT f, NO INHERIT g, NOT OF, OWNER TO CURRENT_USER",
        "ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY USING INDEX i DEFERRABLE INITIALLY DEFERRED, VALIDATE CONSTRAINT l, ALTER CONSTRAINT m NOT DEFERRABLE, ADD CONSTRAINT n NOT NULL o NOT VALID",
        "ALTER TABLE t DETACH PARTITION p CONCURRENTLY; ALTER TABLE t DETACH PARTITION p FINALIZE; ALTER TABLE t ATTACH PARTITION p DEFAULT; ALTER INDEX i ATTACH PARTITION j; ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 100",
        "ALTER TYPE e ADD VALUE IF NOT EXISTS 'a' BEFORE 'b'; ALTER TYPE e RENAME VALUE 'a' TO 'b'; ALTER TYPE c ADD ATTRIBUTE x int; ALTER DOMAIN d ADD CONSTRAINT k CHECK (value > 0) NOT VALID; ALTER DOMAIN d VALIDATE CONSTRAINT k",
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY s.t USING gin ((a || b) gin_trgm_ops, c COLLATE \"C\" text_ops DESC NULLS LAST) INCLUDE (d) NULLS NOT DISTINCT WITH (fastupdate = off) TABLESPACE e WHERE f IS NOT NULL",
        "REINDEX (VERBOSE, CONCURRENTLY) TABLE t; REINDEX INDEX CONCURRENTLY i; CLUSTER VERBOSE t USING i; VACUUM (FULL, ANALYZE) a, b (c); ANALYZE; REFRESH MATERIALIZED VIEW CONCURRENTLY v WITH DATA",
        "LOCK TABLE ONLY a, b IN SHARE ROW EXCLUSIVE MODE NOWAIT; TRUNCATE TABLE ONLY a, b RESTART IDENTITY CASCADE; DROP INDEX CONCURRENTLY IF EXISTS a, s.b",
        "WITH a AS MATERIALIZED (DELETE FROM t RETURNING *), b(c) AS (SELECT 1) INSERT INTO u SELECT * FROM a; MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE; UPDATE ONLY t AS x SET (a, b) = (1, 2), c[1] = 3 FROM u WHERE x.d = u.d RETURNING x.*",
        "SET LOCAL search_path TO a, \"B\"; SET TIME ZONE 'UTC'; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; SET CONSTRAINTS ALL DEFERRED; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "CREATE VIEW v (a, b) WITH (security_barrier) AS SELECT 1, 2 WITH CHECK OPTION; CREATE RECURSIVE VIEW r (n) AS VALUES (1); CREATE MATERIALIZED VIEW IF NOT EXISTS m AS TABLE t WITH NO DATA",
        "CREATE CONSTRAINT TRIGGER c AFTER UPDATE OF a, b ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f(); CREATE POLICY p ON t FOR SELECT TO public USING (a); CREATE STATISTICS s ON a, b FROM t; CREATE PUBLICATION p FOR TABLE a, b WHERE (c > 0), TABLES IN SCHEMA s",
        "CREATE TYPE e AS ENUM (); CREATE TYPE c AS (a int, b text); CREATE DOMAIN d AS varchar(5) COLLATE \"C\" DEFAULT 'x' CONSTRAINT k CHECK (value <> ''); CREATE SEQUENCE s START 5; CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public; CREATE ROLE r LOGIN PASSWORD 'x'",
        "GRANT ALL ON ALL TABLES IN SCHEMA s TO PUBLIC WITH GRANT OPTION; REVOKE a FROM b; ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO r; COMMENT ON COLUMN s.t.c IS 'x'; COMMENT ON FUNCTION f(int) IS NULL; SECURITY LABEL ON TABLE t IS 'x'",
        "DROP FUNCTION IF EXISTS f(int, text) CASCADE; DROP TRIGGER t ON s.u; DROP OWNED BY r; DROP MATERIALIZED VIEW a, b; DROP CAST (a AS b); CALL p(1); EXECUTE q(2); EXPLAIN ANALYZE SELECT 1; COPY t FROM STDIN; COPY (SELECT 1) TO STDOUT",
    ];

    [Fact]
    public async Task Statements_are_cut_and_known_as_PostgreSQLs_own_parser_does()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Folder, "node_modules")), "not installed: .ci/pg-query");
        var conformance = Support.Repository.FindAbove(Path.Combine("shared", "conformance"));
        string[] scripts =
        [
            .. Syntax,
            .. conformance is null ? [] : new[] { "real-world", "migration-steps" }.SelectMany(f => Directory.GetFiles(Path.Combine(conformance, f), "*.sql", SearchOption.AllDirectories)).Order(StringComparer.Ordinal).Select(File.ReadAllText),
        ];
        using var answers = JsonDocument.Parse(await AskAsync(scripts));
        var (wrong, statements, refused) = (new List<string>(), 0, 0);
        foreach (var (script, answer) in scripts.Zip(answers.RootElement.EnumerateArray()))
        {
            if (answer.ValueKind is JsonValueKind.Null)
            {
                refused++;
                Assert.True(refused < 12, $"PostgreSQL refuses:\n{script}");
                continue;
            }

            var theirs = answer.EnumerateArray().Select(s => (Kind: s.GetProperty("kind").GetString()!, Start: s.GetProperty("start").GetInt32(), Length: s.GetProperty("length").GetInt32())).ToList();
            var ours = StatementSplitter.Split(script);
            statements += theirs.Count;
            if (ours.Length != theirs.Count)
            {
                wrong.Add($"{ours.Length} statements, not {theirs.Count}:\n{script}");
                continue;
            }

            foreach (var (statement, expected) in ours.Zip(theirs))
            {
                var start = Encoding.UTF8.GetByteCount(script.AsSpan(0, statement.Span.Start));
                var end = Encoding.UTF8.GetByteCount(script.AsSpan(0, statement.Span.End));
                var read = StatementReader.Read(statement.Text(script), statement.Transaction);
                if (start < expected.Start || (expected.Length > 0 && end > expected.Start + expected.Length))
                {
                    wrong.Add($"stands at {start}–{end}, not {expected.Start}–{expected.Start + expected.Length}:\n{statement.Text(script)}");
                }

                // What EXPLAIN ANALYZE and PREPARE are about is read as if it stood there: the one runs it, the other is to.
                if (!Kinds(read).Contains(expected.Kind) && expected.Kind is not ("ExplainStmt" or "PrepareStmt"))
                {
                    wrong.Add($"{read.GetType().Name}{(read is Statement.Unknown unknown ? $" at {unknown.At}" : "")}, not {expected.Kind}:\n{statement.Text(script)}");
                }
            }
        }

        output.WriteLine($"{statements} statements of {scripts.Length - refused} scripts agree; {refused} scripts are refused by PostgreSQL itself");
        Assert.True(wrong.Count == 0, $"{wrong.Count} differ:\n{string.Join("\n\n", wrong.Take(10))}");
    }

    // The server's name for what we read; several where it has more words than we need.
    private static string[] Kinds(Statement statement) => statement switch
    {
        Statement.CreateTable => ["CreateStmt", "CreateTableAsStmt", "CreateForeignTableStmt"],
        Statement.CreateIndex => ["IndexStmt"],
        Statement.CreateView => ["ViewStmt", "CreateTableAsStmt"],
        Statement.CreateType { Labels: null } => ["CompositeTypeStmt", "DefineStmt", "CreateRangeStmt"],
        Statement.CreateType => ["CreateEnumStmt"],
        Statement.CreateDomain => ["CreateDomainStmt"],
        Statement.CreateFunction => ["CreateFunctionStmt"],
        Statement.CreateTrigger => ["CreateTrigStmt"],
        Statement.CreatePolicy => ["CreatePolicyStmt"],
        Statement.CreateRule => ["RuleStmt"],
        Statement.CreateStatistics => ["CreateStatsStmt"],
        Statement.CreatePublication => ["CreatePublicationStmt"],
        Statement.CreateOther other => other.Kind switch
        {
            "SCHEMA" => ["CreateSchemaStmt"],
            "SEQUENCE" => ["CreateSeqStmt"],
            "EXTENSION" => ["CreateExtensionStmt"],
            "ROLE" or "USER" or "GROUP" => ["CreateRoleStmt"],
            _ => ["CreatedbStmt", "DefineStmt", "CreateCastStmt", "CreateEventTrigStmt"],
        },
        Statement.AlterRelation alter => alter.Actions[0] switch
        {
            AlterAction.RenameColumn or AlterAction.RenameConstraint or AlterAction.RenameTo => ["RenameStmt"],
            AlterAction.SetSchema => ["AlterObjectSchemaStmt"],
            AlterAction.SetOption when alter.Kind is RelationKind.Sequence => ["AlterSeqStmt"],
            _ => ["AlterTableStmt"],
        },
        Statement.AddEnumValue or Statement.RenameEnumValue => ["AlterEnumStmt"],
        Statement.AlterDomain { Change: DomainChange.Rename } => ["RenameStmt"],
        Statement.AlterDomain => ["AlterDomainStmt", "AlterOwnerStmt", "RenameStmt"],
        Statement.AlterOther { RenamedTo: not null } => ["RenameStmt"],
        Statement.AlterOther => ["AlterTableStmt", "AlterExtensionStmt", "AlterRoleStmt", "AlterOwnerStmt", "AlterObjectSchemaStmt", "AlterDefaultPrivilegesStmt", "AlterFunctionStmt", "AlterPolicyStmt"],
        Statement.Drop => ["DropStmt", "DropOwnedStmt", "DropRoleStmt", "DropdbStmt"],
        Statement.Write { Verb: "INSERT" } => ["InsertStmt"],
        Statement.Write { Verb: "UPDATE" } => ["UpdateStmt"],
        Statement.Write { Verb: "DELETE" } => ["DeleteStmt"],
        Statement.Write { Verb: "MERGE" } => ["MergeStmt"],
        Statement.Write => ["CopyStmt"],
        Statement.Query => ["SelectStmt"],
        Statement.Truncate => ["TruncateStmt"],
        Statement.LockTable => ["LockStmt"],
        Statement.Reindex => ["ReindexStmt"],
        Statement.Cluster => ["ClusterStmt"],
        Statement.Vacuum or Statement.Analyze => ["VacuumStmt"],
        Statement.Refresh => ["RefreshMatViewStmt"],
        Statement.Comment => ["CommentStmt"],
        Statement.Grant => ["GrantStmt", "GrantRoleStmt"],
        Statement.Setting => ["VariableSetStmt"],
        Statement.Transaction => ["TransactionStmt"],
        Statement.Block => ["DoStmt"],
        Statement.Call => ["CallStmt", "ExecuteStmt"],
        Statement.Other => ["TransactionStmt", "VariableSetStmt", "ConstraintsSetStmt", "ExplainStmt", "SecLabelStmt", "VariableShowStmt"],
        _ => [],
    };

    private static async Task<string> AskAsync(string[] scripts)
    {
        using var process = Process.Start(new ProcessStartInfo("node", "parse.mjs") { WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var answer = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(scripts));
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return await answer;
    }
}
