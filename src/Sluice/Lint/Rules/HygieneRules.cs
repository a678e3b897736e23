using System.Collections.Immutable;
using System.Text;
using Sluice.Lint.Known;
using Sluice.Lint.Statements;
using Sluice.Sql.Segments;

namespace Sluice.Lint.Rules;

/// <summary>H: advice. It never fails a command unless a team says so.</summary>
internal static class HygieneRules
{
    private const int LongestName = 63;

    // Bytes that ordering columns by width would have to save in each row before it is worth a word.
    private const int WorthwhilePadding = 8;

    public static ImmutableArray<Rule> All { get; } =
    [
        new("H01", "A type that people regret", Level.Advice)
        {
            Why = "char(n) pads, money follows the locale, json has no equality, timestamp does not know its zone.",
            Instead = "text with a CHECK, numeric, jsonb, timestamptz.",
            Bad = "ALTER TABLE orders ADD COLUMN paid timestamp;",
            Good = "ALTER TABLE orders ADD COLUMN paid timestamptz;",
            Check = s => NewColumns(s).Select(c => (c.Table, c.Column, Better: c.Column.Type.Name switch
            {
                "character" => "text",
                "timestamp" when c.Column.Type.First is null => "timestamptz",
                "money" => "numeric",
                "json" => "jsonb",
                _ => null,
            })).Where(c => c.Better is not null).Select(c => new Hit($"{c.Table}.{c.Column.Name} is {c.Column.Type}.", null, $"{SqlName.Of(c.Column.Name)} {c.Better}")),
        },
        new("H02", "A key of four bytes", Level.Advice)
        {
            Why = "It ends at two thousand million; the change to bigint then rewrites the table.",
            Instead = "bigint GENERATED ALWAYS AS IDENTITY, or uuid.",
            Bad = "CREATE TABLE notes (id serial PRIMARY KEY);",
            Good = "CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);",
            Check = s => s.Statement is Statement.CreateTable create
                ? create.Columns.Items.Where(c => c.Type.Name is "integer" or "smallint" or "serial" or "smallserial"
                        && (c.Type.IsSerial || c.Identity || c.Constraints.Items.Any(k => k.Kind is ConstraintKind.PrimaryKey) || create.Constraints.Items.Any(k => k is { Kind: ConstraintKind.PrimaryKey, Columns.Count: 1 } && k.Columns[0] == c.Name)))
                    .Select(c => new Hit($"{create.Name.Name}.{c.Name} is {c.Type}.", null, $"{SqlName.Of(c.Name)} bigint GENERATED ALWAYS AS IDENTITY"))
                : [],
        },
        new("H03", "A name of more than 63 bytes", Level.Advice)
        {
            Why = "The server cuts it without a word, and two names become one.",
            Instead = "A shorter name.",
            Bad = "CREATE INDEX CONCURRENTLY orders_by_customer_and_state_and_code_and_the_day_when_they_were_placed ON orders (code);",
            Good = "CREATE INDEX CONCURRENTLY orders_by_all ON orders (seen);",
            Check = s => Names(s).Where(n => Encoding.UTF8.GetByteCount(n) > LongestName).Select(n => new Hit($"{n} is cut to {LongestName} bytes.")),
        },
        new("H04", "Names without a schema after search_path was set", Level.Advice)
        {
            Why = "Where it ends up depends on a setting that is elsewhere in the script.",
            Instead = "Write the schema.",
            Bad = "SET LOCAL search_path = app;\nCREATE TABLE notes (id bigint PRIMARY KEY);",
            Good = "CREATE TABLE app.notes (id bigint PRIMARY KEY);",
            Check = s => s.Script.SetSearchPath && s.Statement is Statement.CreateTable { Name.Schema: "" } create && s.Transaction.Said.Add("H04")
                ? [new Hit($"{create.Name.Name} is made wherever search_path points.")]
                : [],
        },
        new("H05", "A statement that cannot be done twice, outside a transaction", Level.Advice)
        {
            Why = "Where the run breaks there, nobody can tell whether it was done; `sluice` asks a person then.",
            Instead = "A form that can be repeated, or a migration of its own.",
            Bad = "DO $$ BEGIN DELETE FROM orders WHERE id < 5; COMMIT; END $$;",
            Good = "DELETE FROM orders WHERE id < 5;",
            Check = s => s.Segment is Segment.Alone { Statement: LoneStatement.Opaque } ? [new Hit("It commits by itself, and may have been done in part.")] : [],
        },
        new("H06", "A table without a primary key", Level.Advice)
        {
            Why = "Rows cannot be told apart; with logical replication UPDATE and DELETE fail.",
            Instead = "A primary key.",
            Bad = "CREATE TABLE notes (body text);",
            Good = "CREATE TABLE notes (id bigint PRIMARY KEY, body text);",
            Check = s => s.Statement is Statement.CreateTable { Temporary: false, PartitionOf: null, Like.Count: 0, Inherits.Count: 0 } create
                ? [new Hit($"{create.Name.Name} has no primary key.", null, $"ALTER TABLE {Scene.Sql(create.Name)} ADD PRIMARY KEY (…);")
                {
                    Unless = known => known.Find(create.Name) is not { } table || table.Constraints.Exists(c => c.Kind is ConstraintKind.PrimaryKey),
                }]
                : [],
        },
        new("H07", "An enum value without a place", Level.Advice)
        {
            Why = "It comes last, and the order of an enum is the order of its values for ever.",
            Instead = "BEFORE or AFTER another value.",
            Bad = "ALTER TYPE status ADD VALUE 'sent';",
            Good = "ALTER TYPE status ADD VALUE 'sent' AFTER 'paid';",
            Check = s => s.Statement is Statement.AddEnumValue { Placed: false } value && !s.Before.IsNewType(value.Type)
                ? [new Hit($"'{value.Value}' comes last in {value.Type.Name}.", null, s.Before.Labels(value.Type) is [.., var last] ? $"{s.Text} AFTER {SqlName.Literal(last)};" : null)]
                : [],
        },
        new("H08", "An order of columns that wastes space", Level.Advice)
        {
            Why = "Values are aligned to their width; a narrow one before a wide one leaves a gap in every row.",
            Instead = "Wide columns of fixed width first: 8, 4, 2, 1 bytes, then the rest.",
            Bad = "CREATE TABLE notes (done boolean NOT NULL, id bigint PRIMARY KEY, hot boolean NOT NULL, at timestamptz NOT NULL);",
            Good = "CREATE TABLE notes (id bigint PRIMARY KEY, at timestamptz NOT NULL, done boolean NOT NULL, hot boolean NOT NULL);",
            Check = s => s.Statement is Statement.CreateTable { Columns.Count: > 1 } create && Padding(create.Columns.Items) is >= WorthwhilePadding and var wasted
                ? [new Hit($"{wasted} bytes of every row of {create.Name.Name} are gaps.", null, string.Join(", ", create.Columns.Items.OrderByDescending(c => Width(c.Type)).Select(c => SqlName.Of(c.Name))))]
                : [],
        },
        new("H09", "More rights than needed, or a secret in the script", Level.Advice)
        {
            Why = "ALL, PUBLIC and WITH GRANT OPTION give what nobody asked for. A password in a migration is in version control and in logs.",
            Instead = "The rights by name; roles and passwords outside of migrations.",
            Bad = "CREATE ROLE app LOGIN PASSWORD 'x';",
            Good = "GRANT SELECT, INSERT ON orders TO app;",
            Check = s => s.Statement switch
            {
                Statement.CreateOther { HasPassword: true } or Statement.AlterOther { HasPassword: true } => [new Hit("A password stands in the script.") { Level = Level.Warning }],
                Statement.Grant { Revokes: false } grant when grant.All || grant.ToPublic || grant.WithGrantOption =>
                    [new Hit(grant.All ? "ALL rights are given." : grant.ToPublic ? "Everyone gets the right." : "Who gets the right may give it on.")],
                _ => [],
            },
        },
        new("H10", "SECURITY DEFINER without a search_path of its own", Level.Advice)
        {
            Why = "Whoever calls it chooses the search_path, and with it whose functions and tables it uses with its owner's rights.",
            Instead = "SET search_path = pg_catalog, … at the function.",
            Bad = "CREATE FUNCTION peek() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
            Good = "CREATE FUNCTION peek() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1';",
            Check = s => s.Statement is Statement.CreateFunction { SecurityDefiner: true, FixesSearchPath: false } function
                ? [new Hit($"{function.Name.Name} runs with its owner's rights and its caller's search_path.", null, $"ALTER FUNCTION {Scene.Sql(function.Name)} SET search_path = pg_catalog, pg_temp;") { Level = Level.Warning }]
                : [],
        },
        new("H11", "A name against the team's rule", Level.Advice)
        {
            Why = "`lint.naming` in sluice.json says snake_case.",
            Instead = "Lower case with underscores.",
            Bad = "CREATE TABLE \"OrderNotes\" (id bigint PRIMARY KEY);",
            Good = "CREATE TABLE order_notes (id bigint PRIMARY KEY);",
            Facts = new LintFacts { Naming = "snake_case" },
            Check = s => s.Facts.Naming is "snake_case" ? Names(s).Where(n => n.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_'))).Select(n => new Hit($"{n} is not in snake_case.")) : [],
        },
        new("H12", "Two migrations with one version, or one that comes too late", Level.Warning)
        {
            Why = "Which comes first depends on the machine, and one of them may never be applied. What comes before one that is applied already, others apply in another order.",
            Instead = "Give it a later version.",
            Bad = "-- 7_add_notes.up.sql beside 007_add_tags.up.sql\nSELECT 1;",
            Good = "SELECT 1;",
            // Linter sees it: it is about files, not statements.
        },
        new("H13", "No ANALYZE after what makes statistics useless", Level.Advice)
        {
            Why = "The planner guesses until autovacuum comes by.",
            Instead = "ANALYZE of the table.",
            Bad = "CREATE INDEX CONCURRENTLY customers_email_lower ON customers (lower(email));",
            Good = "CREATE INDEX CONCURRENTLY customers_email_lower ON customers (lower(email));\nANALYZE customers;",
            Check = s => (s.Statement is Statement.CreateIndex index && index.Parts.Items.Any(p => p.Column is null) ? [KnownSchema.KeyOf(index.Table)] : s.Actions<AlterAction.SetType>().Where(a => s.Prediction.Rewriting(a.Table)).Select(a => a.Table).Take(1))
                .Select(t => new Hit($"The planner knows nothing of the new values in {t}.", t, $"ANALYZE {Scene.Sql(t)};") { Unless = _ => s.Script.Analyzed.Contains(t) }),
        },
        new("H14", "Cannot be analysed", Level.Warning)
        {
            Why = "What the statement does is not seen before it runs: it is built while it runs, or in no form that is known here.",
            Instead = "Write the statement itself; what must be decided on the server, keep small, and look at it by eye.",
            Bad = "DO $$ BEGIN EXECUTE 'ALTER TABLE orders DROP COLUMN code'; END $$;",
            Good = "UPDATE orders SET code = 'x', seen = 'y' WHERE id = 7;",
            Check = s => s.Statement switch
            {
                Statement.Unknown unknown => [new Hit($"The statement is not understood at `{unknown.At}`, and nothing can be said of it.")],
                Statement.Block { IsEscaped: true } => [new Hit("The block is written with escapes, and is not read.")],
                Statement.Block block when new SqlCursor(block.Body).Contains("EXECUTE") => [new Hit("The block builds statements while it runs.")],
                Statement.Block block => HidesSchema(block) ? [new Hit("The block changes the schema under conditions that only the server knows.")] : [],
                Statement.Call call => [new Hit($"What {call.Verb} runs is not in the script.") { Level = Level.Advice }],
                Statement.Write => s.Statement.Writes.SelectMany(Unseen),
                _ => [],
            },
        },
    ];

    private static IEnumerable<Hit> Unseen(Statement.Write write) =>
        write.MergesAway ? [new Hit($"Which rows of {write.Table.Name} the MERGE deletes depends on what it is joined with.", KnownSchema.KeyOf(write.Table))]
        : write.Assigned.Items.Length != write.Assigned.Items.Distinct().Count() ? [new Hit("A column is assigned twice; the server refuses it.") { Level = Level.Danger }]
        : [];

    private static bool HidesSchema(Statement.Block block)
    {
        var body = new SqlCursor(block.Body);
        return body.Contains("ALTER") || body.Contains("DROP") || body.Contains("CREATE") || body.Contains("TRUNCATE") || body.Contains("DELETE") || body.Contains("UPDATE");
    }

    private static IEnumerable<(string Table, ColumnDefinition Column)> NewColumns(Scene s) => s.Statement is Statement.CreateTable create
        ? create.Columns.Items.Select(c => (create.Name.Name, c))
        : s.Actions<AlterAction.AddColumn>().Select(a => (a.Table, a.Action.Column));

    // The names that the statement gives.
    private static IEnumerable<string> Names(Scene s) => s.Statement switch
    {
        Statement.CreateTable create => create.Columns.Items.Select(c => c.Name).Prepend(create.Name.Name).Concat(create.Constraints.Items.Select(c => c.Name).OfType<string>()),
        Statement.CreateIndex { Name: { } name } => [name],
        Statement.CreateView view => [view.Name.Name],
        Statement.CreateType type => [type.Name.Name],
        Statement.CreateDomain domain => [domain.Name.Name],
        Statement.CreateFunction function => [function.Name.Name],
        Statement.AlterRelation alter => alter.Actions.Items.Select(a => a switch
        {
            AlterAction.AddColumn add => add.Column.Name,
            AlterAction.AddConstraint add => add.Constraint.Name,
            AlterAction.RenameColumn rename => rename.To,
            AlterAction.RenameTo rename => rename.To,
            AlterAction.RenameConstraint rename => rename.To,
            _ => null,
        }).OfType<string>(),
        _ => [],
    };

    private static int Width(SqlType type) => type.IsArray ? 0 : type.Name switch
    {
        "bigint" or "bigserial" or "timestamp" or "timestamptz" or "double precision" or "money" or "time" => 8,
        "integer" or "serial" or "real" or "date" => 4,
        "smallint" or "smallserial" => 2,
        "boolean" => 1,
        _ => 0,
    };

    // Gaps before columns of fixed width, less those that the best order leaves. Where a value of varying width comes, nobody knows where it ends.
    private static int Padding(ImmutableArray<ColumnDefinition> columns)
    {
        var fixedOnes = columns.Select(c => Width(c.Type)).TakeWhile(w => w > 0).ToList();
        return Gaps(fixedOnes) - Gaps([.. fixedOnes.OrderDescending()]);
    }

    private static int Gaps(List<int> widths)
    {
        var (at, gaps) = (0, 0);
        foreach (var width in widths)
        {
            var gap = (width - (at % width)) % width;
            (at, gaps) = (at + gap + width, gaps + gap);
        }

        return gaps;
    }
}
