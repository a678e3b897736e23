using Sluice.Catalog;

namespace Sluice.Postgres.Tests.Objects;

/// <summary>One kind of object, made and changed by hand-written SQL on a database with two tables.</summary>
/// <param name="Before">What must be there first and stays.</param>
/// <param name="Make">Makes one object of the kind.</param>
/// <param name="Change">Makes it another one of the same name; null where the kind has only one form.</param>
internal sealed record ObjectCase(ObjectKind Kind, string Name, string Make, string? Change = null, string Before = "")
{
    public const string Tables = EmptyTables + """
        INSERT INTO author (name, age, bio) VALUES ('a@b', 30, 'x'), ('c@d', 40, 'y');
        INSERT INTO book (title, author_id, price) VALUES ('t', 1, 2.5), ('u', 2, 3.5);

        """;

    public const string EmptyTables = """
        CREATE TYPE mood AS ENUM ('sad', 'ok');
        CREATE TABLE author (id serial PRIMARY KEY, name text NOT NULL, age integer, mood mood, bio text);
        CREATE UNIQUE INDEX author_name_key ON author (name);
        CREATE TABLE book (id serial PRIMARY KEY, title text NOT NULL, author_id integer NOT NULL, price numeric(8,2), tags text[],
          CONSTRAINT book_author_id_fkey FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE CASCADE ON UPDATE CASCADE);

        """;

    private const string Function = "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;";

    public string Title => $"{Kind} {Name}";

    public static IReadOnlyList<ObjectCase> All { get; } =
    [
        new(ObjectKind.Collation, "", "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)", "DROP COLLATION folded; CREATE COLLATION folded (provider = icu, locale = 'de')"),
        new(ObjectKind.CompositeType, "", "CREATE TYPE address AS (street text, \"zip Code\" varchar(10))", "ALTER TYPE address ADD ATTRIBUTE city text COLLATE \"C\", DROP ATTRIBUTE street, ALTER ATTRIBUTE \"zip Code\" TYPE text"),
        new(ObjectKind.CompositeType, "in another order", "CREATE TYPE address AS (street text, zip text)", "DROP TYPE address; CREATE TYPE address AS (zip text, street text)"),
        new(ObjectKind.Domain, "", "CREATE DOMAIN email AS varchar(200)", "ALTER DOMAIN email SET NOT NULL; ALTER DOMAIN email SET DEFAULT 'a@b'"),
        new(ObjectKind.Domain, "of another type", "CREATE DOMAIN amount AS integer DEFAULT 5 NOT NULL", "DROP DOMAIN amount; CREATE DOMAIN amount AS bigint"),
        new(ObjectKind.DomainCheck, "", "CREATE DOMAIN email AS text CONSTRAINT has_at CHECK (VALUE LIKE '%@%')", "ALTER DOMAIN email DROP CONSTRAINT has_at; ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '_%@_%')"),
        new(ObjectKind.RangeType, "", "CREATE TYPE floats AS RANGE (subtype = float8, subtype_diff = float8mi)", "DROP TYPE floats; CREATE TYPE floats AS RANGE (subtype = float8, multirange_type_name = many_floats)"),
        new(ObjectKind.Sequence, "", "CREATE SEQUENCE \"Numbers\" START 100 INCREMENT 5 MINVALUE 50 CACHE 3", "ALTER SEQUENCE \"Numbers\" AS integer INCREMENT 1 NO MINVALUE START 1 CYCLE"),
        new(ObjectKind.Sequence, "backwards", "CREATE SEQUENCE down INCREMENT -1"),
        new(ObjectKind.SequenceOptions, "", "ALTER SEQUENCE author_id_seq INCREMENT 10 MINVALUE 10 START 10 RESTART", "ALTER SEQUENCE author_id_seq CACHE 7 INCREMENT 1"),
        new(ObjectKind.SequenceOwner, "", "CREATE SEQUENCE numbers OWNED BY author.age", "ALTER SEQUENCE numbers OWNED BY book.author_id"),
        new(ObjectKind.Function, "", "CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n * 2'", "CREATE OR REPLACE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql STABLE AS 'SELECT n + n'"),
        new(ObjectKind.Function, "with another result", "CREATE FUNCTION twice(n integer, text[] DEFAULT '{}') RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN n; END $$", "DROP FUNCTION twice; CREATE FUNCTION twice(m integer, text[]) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN m; END $$"),
        new(ObjectKind.Function, "with a body that is parsed", "CREATE FUNCTION grown() RETURNS bigint RETURN (SELECT count(*) FROM author WHERE age > 18)", "CREATE OR REPLACE FUNCTION grown() RETURNS bigint RETURN (SELECT count(*) FROM author WHERE age > 21)"),
        new(ObjectKind.Procedure, "", "CREATE PROCEDURE clean(INOUT n integer) LANGUAGE plpgsql AS $$ BEGIN DELETE FROM book; END $$", "CREATE OR REPLACE PROCEDURE clean(INOUT n integer) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$ BEGIN DELETE FROM author; END $$"),
        new(ObjectKind.Aggregate, "", "CREATE AGGREGATE total(integer) (sfunc = int4pl, stype = integer, initcond = '0')", "DROP AGGREGATE total(integer); CREATE AGGREGATE total(integer) (sfunc = int4pl, stype = integer, combinefunc = int4pl, parallel = safe, initcond = '1')"),
        new(ObjectKind.Operator, "", "CREATE OPERATOR === (function = texteq, leftarg = text, rightarg = text, commutator = ===)", "DROP OPERATOR === (text, text); CREATE OPERATOR === (function = texteq, leftarg = text, rightarg = text, commutator = ===, hashes)"),
        new(ObjectKind.Cast, "", "CREATE CAST (mood AS integer) WITH FUNCTION mood_number(mood)", "DROP CAST (mood AS integer); CREATE CAST (mood AS integer) WITH FUNCTION mood_number(mood) AS ASSIGNMENT",
            "CREATE FUNCTION mood_number(mood) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1'"),
        new(ObjectKind.GeneratedColumn, "", "ALTER TABLE author DROP COLUMN bio, ADD COLUMN bio text GENERATED ALWAYS AS (lower(name)) STORED", "ALTER TABLE author DROP COLUMN bio, ADD COLUMN bio text GENERATED ALWAYS AS (upper(name)) STORED"),
        new(ObjectKind.DomainColumn, "", "ALTER TABLE author ALTER COLUMN name TYPE email", "ALTER TABLE author ALTER COLUMN name TYPE label", "CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%'); CREATE DOMAIN label AS text"),
        new(ObjectKind.ColumnCollation, "", "ALTER TABLE author ALTER COLUMN bio TYPE text COLLATE \"C\"", "ALTER TABLE author ALTER COLUMN bio TYPE text COLLATE \"POSIX\""),
        new(ObjectKind.ColumnStorage, "", "ALTER TABLE author ALTER COLUMN bio SET STORAGE EXTERNAL", "ALTER TABLE author ALTER COLUMN bio SET STORAGE MAIN"),
        new(ObjectKind.ColumnCompression, "", "ALTER TABLE author ALTER COLUMN bio SET COMPRESSION pglz"),
        new(ObjectKind.ColumnStatistics, "", "ALTER TABLE author ALTER COLUMN bio SET STATISTICS 500", "ALTER TABLE author ALTER COLUMN bio SET STATISTICS 0"),
        new(ObjectKind.ColumnOptions, "", "ALTER TABLE author ALTER COLUMN bio SET (n_distinct = 5, n_distinct_inherited = 2)", "ALTER TABLE author ALTER COLUMN bio SET (n_distinct = 7); ALTER TABLE author ALTER COLUMN bio RESET (n_distinct_inherited)"),
        new(ObjectKind.Identity, "", "ALTER TABLE author ALTER COLUMN age SET NOT NULL, ALTER COLUMN age ADD GENERATED ALWAYS AS IDENTITY (START WITH 5)", "ALTER TABLE author ALTER COLUMN age SET GENERATED BY DEFAULT SET INCREMENT BY 2 SET START WITH 1"),
        new(ObjectKind.Identity, "that starts higher", "ALTER TABLE author ALTER COLUMN age SET NOT NULL, ALTER COLUMN age ADD GENERATED ALWAYS AS IDENTITY", "ALTER TABLE author ALTER COLUMN age SET MINVALUE 10 SET START WITH 10 RESTART"),
        new(ObjectKind.Identity, "in place of a serial", "ALTER TABLE author ALTER COLUMN id DROP DEFAULT; DROP SEQUENCE author_id_seq; ALTER TABLE author ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY"),
        new(ObjectKind.PartitionKey, "", "CREATE TABLE event (at timestamp(3) NOT NULL, kind text) PARTITION BY RANGE (at)"),
        new(ObjectKind.Partition, "", "CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
            "DROP TABLE event_2026; CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2028-01-01')", "CREATE TABLE event (at timestamp(3) NOT NULL, kind text) PARTITION BY RANGE (at)"),
        new(ObjectKind.Inheritance, "", "ALTER TABLE child INHERIT parent", null, "CREATE TABLE parent (a integer); CREATE TABLE child (a integer, b integer)"),
        new(ObjectKind.Unlogged, "", "ALTER TABLE book SET UNLOGGED"),
        new(ObjectKind.TableOptions, "", "ALTER TABLE author SET (fillfactor = 70, autovacuum_enabled = false)", "ALTER TABLE author SET (fillfactor = 50); ALTER TABLE author RESET (autovacuum_enabled)"),
        new(ObjectKind.PrimaryKey, "that waits", "ALTER TABLE book DROP CONSTRAINT book_pkey, ADD CONSTRAINT book_pkey PRIMARY KEY (id) DEFERRABLE", "ALTER TABLE book DROP CONSTRAINT book_pkey, ADD CONSTRAINT book_pkey PRIMARY KEY (id) INCLUDE (title)"),
        new(ObjectKind.UniqueConstraint, "that waits", "ALTER TABLE book ADD CONSTRAINT one_title UNIQUE (title) DEFERRABLE INITIALLY DEFERRED", "ALTER TABLE book DROP CONSTRAINT one_title, ADD CONSTRAINT one_title UNIQUE NULLS NOT DISTINCT (price) INCLUDE (title)"),
        new(ObjectKind.Index, "over an expression", "CREATE UNIQUE INDEX lower_name ON author (lower(name))", "DROP INDEX lower_name; CREATE UNIQUE INDEX lower_name ON author (upper(name))"),
        new(ObjectKind.Index, "of some rows", "CREATE INDEX grown ON author (name) WHERE age > 18", "DROP INDEX grown; CREATE INDEX grown ON author (name) WHERE age > 21"),
        new(ObjectKind.Index, "that covers", "CREATE INDEX covering ON author (name) INCLUDE (bio)", "DROP INDEX covering; CREATE INDEX covering ON author (name) INCLUDE (bio, age)"),
        new(ObjectKind.Index, "with nulls where they are not usually", "CREATE INDEX nulls ON author (age NULLS FIRST)", "DROP INDEX nulls; CREATE INDEX nulls ON author (age DESC NULLS LAST)"),
        new(ObjectKind.Index, "with options", "CREATE INDEX packed ON author (bio COLLATE \"C\") WITH (fillfactor = 60)", "DROP INDEX packed; CREATE INDEX packed ON author (bio) WITH (fillfactor = 60)"),
        new(ObjectKind.Index, "without distinct nulls", "CREATE UNIQUE INDEX one_age ON author (age) NULLS NOT DISTINCT"),
        new(ObjectKind.IndexOptions, "", "ALTER INDEX book_pkey SET (fillfactor = 60, deduplicate_items = off)", "ALTER INDEX book_pkey SET (fillfactor = 55); ALTER INDEX book_pkey RESET (deduplicate_items)"),
        new(ObjectKind.Check, "", "ALTER TABLE author ADD CONSTRAINT of_age CHECK (age >= 0 AND name <> '')", "ALTER TABLE author DROP CONSTRAINT of_age, ADD CONSTRAINT of_age CHECK (age > 0) NO INHERIT"),
        new(ObjectKind.Check, "that is validated later", "ALTER TABLE author ADD CONSTRAINT of_age CHECK (age >= 0) NOT VALID", "ALTER TABLE author VALIDATE CONSTRAINT of_age"),
        new(ObjectKind.Exclusion, "", "ALTER TABLE author ADD CONSTRAINT apart EXCLUDE USING gist (int4range(id, id + 1) WITH &&)", "ALTER TABLE author DROP CONSTRAINT apart, ADD CONSTRAINT apart EXCLUDE USING gist (int4range(id * 5, id * 5 + 2) WITH &&) WHERE (age > 0)"),
        new(ObjectKind.ForeignKey, "that waits", "ALTER TABLE book DROP CONSTRAINT book_author_id_fkey, ADD CONSTRAINT book_author_id_fkey FOREIGN KEY (author_id) REFERENCES author (id) DEFERRABLE",
            "ALTER TABLE book DROP CONSTRAINT book_author_id_fkey, ADD CONSTRAINT book_author_id_fkey FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE SET NULL (author_id) NOT VALID"),
        new(ObjectKind.Clustering, "", "ALTER TABLE author CLUSTER ON author_pkey", "ALTER TABLE author CLUSTER ON author_name_key"),
        new(ObjectKind.ReplicaIdentity, "", "ALTER TABLE author REPLICA IDENTITY FULL", "ALTER TABLE author REPLICA IDENTITY USING INDEX author_name_key"),
        new(ObjectKind.Statistics, "", "CREATE STATISTICS related (dependencies) ON name, age FROM author", "DROP STATISTICS related; CREATE STATISTICS related (ndistinct, mcv) ON name, age FROM author"),
        new(ObjectKind.View, "", "CREATE VIEW names AS SELECT id, name FROM author", "CREATE OR REPLACE VIEW names AS SELECT id, name, age FROM author WHERE age > 1"),
        new(ObjectKind.View, "with options", "CREATE VIEW names WITH (security_barrier) AS SELECT id, name FROM author WHERE age > 3 WITH LOCAL CHECK OPTION", "DROP VIEW names; CREATE VIEW names AS SELECT name FROM author"),
        new(ObjectKind.View, "over a view", "CREATE VIEW a AS SELECT id, name FROM author; CREATE VIEW b AS SELECT name FROM a", "DROP VIEW b; DROP VIEW a; CREATE VIEW a AS SELECT name, id FROM author; CREATE VIEW b AS SELECT name FROM a"),
        new(ObjectKind.MaterializedView, "", "CREATE MATERIALIZED VIEW many AS SELECT author_id, count(*) AS n FROM book GROUP BY 1; CREATE UNIQUE INDEX many_key ON many (author_id)",
            "DROP MATERIALIZED VIEW many; CREATE MATERIALIZED VIEW many AS SELECT author_id, sum(price) AS n FROM book GROUP BY 1"),
        new(ObjectKind.Rule, "", "CREATE RULE keep AS ON DELETE TO author DO INSTEAD NOTHING", "CREATE OR REPLACE RULE keep AS ON DELETE TO author WHERE old.age > 5 DO INSTEAD NOTHING"),
        new(ObjectKind.RuleState, "", "ALTER TABLE author DISABLE RULE keep", "ALTER TABLE author ENABLE ALWAYS RULE keep", "CREATE RULE keep AS ON DELETE TO author DO INSTEAD NOTHING"),
        new(ObjectKind.Trigger, "", "CREATE TRIGGER touched BEFORE UPDATE OF name ON author FOR EACH ROW WHEN (old.age IS DISTINCT FROM new.age) EXECUTE FUNCTION touch('a', '\"b')",
            "CREATE OR REPLACE TRIGGER touched AFTER INSERT ON author FOR EACH ROW EXECUTE FUNCTION touch()", Function),
        new(ObjectKind.Trigger, "that is a constraint", "CREATE CONSTRAINT TRIGGER touched AFTER INSERT ON author DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch()",
            "DROP TRIGGER touched ON author; CREATE CONSTRAINT TRIGGER touched AFTER INSERT ON author DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION touch()", Function),
        new(ObjectKind.TriggerState, "", "ALTER TABLE author DISABLE TRIGGER touched", "ALTER TABLE author ENABLE REPLICA TRIGGER touched", Function + "CREATE TRIGGER touched BEFORE UPDATE ON author FOR EACH ROW EXECUTE FUNCTION touch();"),
        new(ObjectKind.Policy, "", "CREATE POLICY own ON author FOR SELECT TO pg_monitor, PUBLIC USING (name = current_user)", "DROP POLICY own ON author; CREATE POLICY own ON author AS RESTRICTIVE TO pg_monitor USING (age > 1) WITH CHECK (age > 2)"),
        new(ObjectKind.RowSecurity, "", "ALTER TABLE author ENABLE ROW LEVEL SECURITY"),
        new(ObjectKind.ForcedRowSecurity, "", "ALTER TABLE author FORCE ROW LEVEL SECURITY"),
        new(ObjectKind.EventTrigger, "", "CREATE EVENT TRIGGER seen ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP VIEW') EXECUTE FUNCTION saw()", "DROP EVENT TRIGGER seen; CREATE EVENT TRIGGER seen ON ddl_command_end EXECUTE FUNCTION saw()",
            "CREATE FUNCTION saw() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$"),
        new(ObjectKind.EventTriggerState, "", "ALTER EVENT TRIGGER seen DISABLE", "ALTER EVENT TRIGGER seen ENABLE ALWAYS", "CREATE FUNCTION saw() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$; CREATE EVENT TRIGGER seen ON sql_drop EXECUTE FUNCTION saw()"),
        new(ObjectKind.Publication, "", "CREATE PUBLICATION news FOR TABLE author, TABLE book (id, title) WHERE (price > 1)", "ALTER PUBLICATION news SET TABLE book; ALTER PUBLICATION news SET (publish = 'insert')"),
        new(ObjectKind.Publication, "of everything", "CREATE PUBLICATION news FOR ALL TABLES", "DROP PUBLICATION news; CREATE PUBLICATION news"),
        new(ObjectKind.Comment, "on a table", "COMMENT ON TABLE author IS 'who''s who'", "COMMENT ON TABLE author IS 'writers'"),
        new(ObjectKind.Comment, "on a column", "COMMENT ON COLUMN author.name IS 'full \\ name'", "COMMENT ON COLUMN author.name IS 'name'"),
        new(ObjectKind.Comment, "on what is no table", "COMMENT ON TYPE mood IS 'm'; COMMENT ON CONSTRAINT author_pkey ON author IS 'k'; COMMENT ON INDEX author_name_key IS 'i'; COMMENT ON SEQUENCE author_id_seq IS 's'",
            "COMMENT ON TYPE mood IS 'n'; COMMENT ON CONSTRAINT author_pkey ON author IS NULL"),
        new(ObjectKind.Comment, "on objects", """
            CREATE DOMAIN email AS text CONSTRAINT has_at CHECK (VALUE LIKE '%@%'); COMMENT ON DOMAIN email IS 'd'; COMMENT ON CONSTRAINT has_at ON DOMAIN email IS 'c';
            CREATE VIEW names AS SELECT name FROM author; COMMENT ON VIEW names IS 'v'; COMMENT ON COLUMN names.name IS 'vc';
            CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n'; COMMENT ON FUNCTION twice IS 'f';
            CREATE TRIGGER t BEFORE UPDATE ON author FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger(); COMMENT ON TRIGGER t ON author IS 't';
            CREATE POLICY p ON author; COMMENT ON POLICY p ON author IS 'p';
            CREATE STATISTICS related ON name, age FROM author; COMMENT ON STATISTICS related IS 's';
            CREATE TYPE address AS (street text); COMMENT ON TYPE address IS 't'; COMMENT ON COLUMN address.street IS 'a'
            """),
        new(ObjectKind.Grant, "on a table", "GRANT SELECT, INSERT ON author TO pg_monitor; GRANT UPDATE ON author TO pg_monitor WITH GRANT OPTION", "REVOKE INSERT ON author FROM pg_monitor; GRANT DELETE ON author TO pg_monitor"),
        new(ObjectKind.Grant, "on a column", "GRANT SELECT (name), UPDATE (name, age) ON author TO pg_monitor", "REVOKE UPDATE (name) ON author FROM pg_monitor"),
        new(ObjectKind.Grant, "on what is no table", "GRANT USAGE ON SEQUENCE author_id_seq TO PUBLIC; GRANT USAGE ON SCHEMA public TO pg_monitor; GRANT EXECUTE ON FUNCTION touch TO pg_monitor", "REVOKE USAGE ON SCHEMA public FROM pg_monitor", Function),
        new(ObjectKind.Revoke, "", "REVOKE EXECUTE ON FUNCTION touch FROM PUBLIC; REVOKE USAGE ON TYPE mood FROM PUBLIC", null, Function),
        new(ObjectKind.DefaultGrant, "", "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor", "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT INSERT ON TABLES TO pg_monitor"),
        new(ObjectKind.DefaultRevoke, "", "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC"),
    ];
}
