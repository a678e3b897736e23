using System.Collections.Immutable;
using System.Globalization;
using Sluice.Lint.Known;
using Sluice.Lint.Statements;
using Sluice.Plan;
using Sluice.Sql.Lexing;
using Sluice.Sql.Segments;

namespace Sluice.Lint.Rules;

/// <summary>T: what a transaction holds for how long. The runner's own lock_timeout, retries and transactions are taken as given.</summary>
internal static class TransactionRules
{
    private const int LongestWaitInMilliseconds = 10_000;

    public static ImmutableArray<Rule> All { get; } =
    [
        new("T01", "Waiting for locks without end", Level.Warning)
        {
            Why = "While a statement waits for a strong lock, every later query on the table queues up behind it. `sluice` waits 2 seconds at a time and tries again; a script that sets lock_timeout itself takes that away.",
            Instead = "Leave lock_timeout to the runner, or set it to 2 seconds or less.",
            Bad = "SET lock_timeout = 0;\nALTER TABLE orders ADD COLUMN weight int;",
            Good = "ALTER TABLE orders ADD COLUMN weight int;",
            Check = s => s.Statement is Statement.Setting { Name: "lock_timeout" } set && Milliseconds(set.Value) is 0 or > LongestWaitInMilliseconds
                ? [new Hit($"The script sets lock_timeout to {set.Value}: a statement that waits holds up everyone behind it for as long.", null, "SET LOCAL lock_timeout = '2s';")]
                : [],
        },
        new("T02", "Running or idling without end", Level.Warning)
        {
            Why = "A statement that runs away under a lock, or a transaction that nobody ends, stops all others until somebody notices.",
            Instead = "Leave the timeouts as the server has them, or set one that the step needs.",
            Bad = "SET statement_timeout = 0;\nALTER TABLE orders ADD COLUMN weight int;",
            Good = "SET LOCAL statement_timeout = '5min';\nALTER TABLE orders ADD COLUMN weight int;",
            Check = s => s.Statement is Statement.Setting { Name: "statement_timeout" or "idle_in_transaction_session_timeout" or "transaction_timeout" } set && Milliseconds(set.Value) is 0
                ? [new Hit($"{set.Name} is switched off for all that follows.", null, $"SET LOCAL {set.Name} = '5min';")]
                : [],
        },
        new("T03", "Long work while a table is closed to everyone", Level.Warning)
        {
            Why = "A lock is held to the end of its transaction. What comes after ACCESS EXCLUSIVE and reads or writes many rows keeps readers and writers of the first table out as well.",
            Instead = "Put the statement that takes the lock last, or into a migration of its own.",
            Bad = "ALTER TABLE orders ADD COLUMN weight int;\nUPDATE customers SET note = 'x' WHERE id < 100000;",
            Good = "UPDATE customers SET note = 'x' WHERE id < 100000;\nALTER TABLE orders ADD COLUMN weight int;",
            GrowsWithSize = true,
            Check = s => s.Transaction.Closed is { } closed && s.Prediction.Scans.Items.FirstOrDefault(t => !s.IsNew(t) && t != closed) is { } scanned && s.Transaction.Said.Add("T03")
                ? [new Hit($"Every row of {scanned} is gone through while {closed} is closed to readers and writers.", scanned, $"-- a migration of its own\n{s.Text};")]
                : [],
        },
        new("T04", "Strong locks on several tables at once", Level.Warning)
        {
            Why = "The application takes its locks in another order: a deadlock, or an outage as wide as all the tables together.",
            Instead = "One table per migration.",
            Bad = "ALTER TABLE orders ADD COLUMN weight int;\nALTER TABLE customers ADD COLUMN weight int;",
            Good = "ALTER TABLE orders ADD COLUMN weight int;",
            Check = s => s.Transaction.Held.Keys.FirstOrDefault() is { } first && s.Locked(LockLevel.ShareRowExclusive).FirstOrDefault(t => !s.Transaction.Held.ContainsKey(t)) is { } second
                && s.Transaction.Said.Add(IsMild(s, second) ? "T04 mild" : "T04")
                ? [new Hit($"{second} is locked while {first} still is, in one transaction.", second, $"-- a migration of its own\n{s.Text};")
                {
                    Level = IsMild(s, second) ? Level.Advice : null,
                }]
                : [],
        },
        new("T05", "NOT VALID and VALIDATE in one transaction", Level.Warning)
        {
            Why = "The scan of VALIDATE then runs under the strong lock that ADD CONSTRAINT took, and nothing is won.",
            Instead = "VALIDATE in a migration of its own, or after a COMMIT.",
            Bad = "ALTER TABLE orders ADD CONSTRAINT total_set CHECK (total > 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT total_set;",
            Good = "ALTER TABLE orders ADD CONSTRAINT total_set CHECK (total > 0) NOT VALID;\nCOMMIT;\nALTER TABLE orders VALIDATE CONSTRAINT total_set;",
            GrowsWithSize = true,
            Check = s => s.Actions<AlterAction.ValidateConstraint>().Where(v => s.Transaction.NotValid.Contains((v.Table, v.Action.Name)))
                .Select(v => new Hit($"{v.Action.Name} was added in this very transaction, whose lock is still held while {v.Table} is scanned.", v.Table, $"COMMIT;\n{s.Text};")),
        },
        new("T06", "A bulk change of rows beside a change of the schema, or without a range", Level.Warning)
        {
            Why = "The lock of the schema's change is held for the whole of it. Millions of rows in one transaction bloat the table and make replicas lag.",
            Instead = "Change rows in batches by key, each in a transaction of its own: `sluice migrate backfill`.",
            Bad = "ALTER TABLE orders ADD COLUMN weight int;\nUPDATE orders SET weight = 0 WHERE weight IS NULL;",
            Good = "UPDATE orders SET seen = 'yes' WHERE id BETWEEN 1 AND 10000;",
            GrowsWithSize = true,
            Check = s => s.Statement is Statement.Write
                ? s.Statement.Writes.Where(w => w is { Verb: "UPDATE" or "DELETE", Bounded: false } && (w.Narrowed || s.Transaction.Closed is not null))
                    .Select(w => new Hit($"{w.Verb} goes over all of {w.Table.Name} in one transaction{(s.Transaction.Closed is { } closed ? $", while {closed} is locked" : "")}.", KnownSchema.KeyOf(w.Table), Batch(w)))
                : s.Locked(LockLevel.AccessExclusive).Where(s.Transaction.Changed.Contains).Take(1)
                    .Select(t => new Hit($"{t} is altered in the transaction that changed many of its rows.", t, $"COMMIT;\n{s.Text};")),
        },
        new("T07", "A statement that refuses a transaction, inside one", Level.Danger)
        {
            Why = "SQLSTATE 25001: the server refuses it. `sluice` runs such a statement by itself, unless the script's own BEGIN holds it.",
            Instead = "Leave BEGIN and COMMIT out; `sluice` cuts the script where it must.",
            Bad = "BEGIN;\nCREATE INDEX CONCURRENTLY orders_seen_idx ON orders (seen);\nCOMMIT;",
            Good = "CREATE INDEX CONCURRENTLY orders_seen_idx ON orders (seen);",
            Check = s => s.InScriptsTransaction && s.Statement is not Statement.Transaction && LoneStatements.Read(s.Text, FirstWord(s.Text), isOnly: false) is not (null or LoneStatement.Opaque)
                ? [new Hit($"{FirstWord(s.Text)} … cannot run inside the BEGIN that the script opened.", null, $"{s.Text};")]
                : [],
        },
        new("T08", "BEGIN or COMMIT in a migration", Level.Warning)
        {
            Why = "The tool begins and ends transactions itself and keeps a record with them. A COMMIT in the middle makes what came before it final, whatever comes after.",
            Instead = "Leave transactions to the tool.",
            Bad = "ALTER TABLE orders ADD COLUMN weight int;\nROLLBACK;\nALTER TABLE orders ADD COLUMN height int;",
            Good = "ALTER TABLE orders ADD COLUMN weight int;",
            Check = s => s switch
            {
                { IsLeftOpen: true } => [new Hit("This transaction is never ended.") { Level = Level.Danger }],
                { Statement: Statement.Transaction { Control: TransactionControl.End or TransactionControl.EndAndBegin }, Segment: Segment.Scripted { Keeps: false } } =>
                    [new Hit("Everything since the transaction began is taken back, and the migration is recorded as applied.")],
                { Statement: Statement.Transaction { Control: TransactionControl.Begin }, IsFirst: true } => [new Hit("The tool begins transactions itself; this one is taken for its own.") { Level = Level.Advice }],
                { Statement: Statement.Transaction { Control: TransactionControl.Begin }, InScriptsTransaction: true } => [new Hit("A transaction of the script's own, in the middle of it.") { Level = Level.Advice }],
                _ => [],
            },
        },
        new("T09", "An enum value that is used in the transaction that adds it", Level.Danger)
        {
            Why = "SQLSTATE 55P04: the server refuses a value before its COMMIT. `sluice` commits in between, unless the script's own BEGIN forbids it.",
            Instead = "COMMIT between the two; without a BEGIN of your own `sluice` does.",
            Bad = "BEGIN;\nALTER TYPE status ADD VALUE 'sent' AFTER 'paid';\nUPDATE orders SET state = 'sent' WHERE id = 1;\nCOMMIT;",
            Good = "ALTER TYPE status ADD VALUE 'sent' AFTER 'paid';\nUPDATE orders SET state = 'sent' WHERE id = 1;",
            Check = s => s.InScriptsTransaction && s.Statement is not Statement.AddEnumValue && s.Transaction.FreshValues.Count > 0
                && new SqlCursor(s.Text).Strings().FirstOrDefault(s.Transaction.FreshValues.Contains) is { } used
                ? [new Hit($"'{used}' was added in this transaction and cannot be used before its COMMIT.", null, $"COMMIT;\n{s.Text};")]
                : [],
        },
        new("T10", "Several ALTER TABLEs of one table, one after the other", Level.Advice)
        {
            Why = "Each that rewrites the table, or reads it, goes through all of it again.",
            Instead = "One ALTER TABLE with the actions behind each other: one pass does for all.",
            Bad = "ALTER TABLE orders ALTER COLUMN id TYPE bigint;\nALTER TABLE orders ALTER COLUMN code TYPE varchar(10);",
            Good = "ALTER TABLE orders ALTER COLUMN id TYPE bigint, ALTER COLUMN code TYPE varchar(10);",
            Check = s => s.Statement is Statement.AlterRelation { Kind: RelationKind.Table } alter && s.Script.Altered == KnownSchema.KeyOf(alter.Name)
                && !alter.Actions.Items.Any(a => a is AlterAction.ValidateConstraint or AlterAction.RenameTo or AlterAction.RenameColumn or AlterAction.RenameConstraint or AlterAction.SetSchema or AlterAction.Attach or AlterAction.Detach)
                && !TransactionSoFar.AddsKeysOnly(alter) && s.Prediction.Scanning(KnownSchema.KeyOf(alter.Name)) && s.Transaction.Worked.Contains(KnownSchema.KeyOf(alter.Name))
                ? [new Hit($"The statement before went through all of {alter.Name.Name} already.", KnownSchema.KeyOf(alter.Name))]
                : [],
        },
        new("T11", "LOCK TABLE", Level.Warning)
        {
            Why = "It blocks others by its mode until the transaction ends.",
            Instead = "Leave it out; statements take the locks that they need. Where it must be, NOWAIT fails at once instead of holding up a queue.",
            Bad = "LOCK TABLE orders IN EXCLUSIVE MODE;",
            Good = "LOCK TABLE orders IN EXCLUSIVE MODE NOWAIT;",
            Check = s => s.Statement is Statement.LockTable { NoWait: false, Level: >= LockLevel.Share } held
                ? held.Names.Items.Select(t => new Hit($"{t.Name} is locked in mode {held.Level} to the end of the transaction.", KnownSchema.KeyOf(t), $"{s.Text} NOWAIT;"))
                : [],
        },
        new("T12", "A setting that stays in the session", Level.Advice)
        {
            Why = "It holds for all that follows, in this script and, behind a pooler, for whoever has the session next. `sluice` clears its own session; other tools do not.",
            Instead = "SET LOCAL ends with the transaction.",
            Bad = "SET search_path = app;",
            Good = "SET LOCAL search_path = app;",
            Check = s => s.Statement is Statement.Setting { Local: false, Value: not "default" } set && !set.Name.EndsWith("_timeout", StringComparison.Ordinal)
                ? [new Hit($"{set.Name} stays set after this script.", null, $"SET LOCAL {set.Name} = {set.Value};")]
                : [],
        },
        new("T13", "Waiting for an advisory lock", Level.Warning)
        {
            Why = "Who waits holds a snapshot. A concurrent index build waits for all snapshots, and the two wait for each other: one of them is killed, and an invalid index stays behind.",
            Instead = "Poll pg_try_advisory_lock, outside of the migration. `sluice` has a lock of its own against a second run.",
            Bad = "SELECT pg_advisory_lock(42);",
            Good = "SELECT pg_try_advisory_lock(42);",
            Check = s => s.Statement is Statement.Query or Statement.Block
                && (s.Text.Contains("pg_advisory_lock", StringComparison.OrdinalIgnoreCase) || s.Text.Contains("pg_advisory_xact_lock", StringComparison.OrdinalIgnoreCase))
                ? [new Hit("It waits for an advisory lock and holds a snapshot meanwhile.", null, s.With("pg_advisory_lock", "pg_try_advisory_lock"))]
                : [],
        },
    ];

    // Keys of a new table stop writers of others for a moment, and readers never.
    private static bool IsMild(Scene s, string second) =>
        s.Transaction.Closed is null && s.Prediction.LockOn(second) < LockLevel.AccessExclusive && s.Prediction.Scans.Items.All(s.IsNew);

    private static string Batch(Statement.Write write) => write.Verb is "UPDATE"
        ? $"sluice migrate backfill --table {Scene.Sql(write.Table)} --set \"{string.Join(", ", write.Assigned.Items.Select(c => SqlName.Of(c) + " = …"))}\" --where \"…\""
        : $"DELETE FROM {Scene.Sql(write.Table)} WHERE … BETWEEN … AND …; -- range by range of its key";

    private static string FirstWord(string text) => new SqlCursor(text).Peek;

    private static long? Milliseconds(string value)
    {
        var text = value.Trim('\'', ' ').ToLowerInvariant();
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        if (digits == 0 || !long.TryParse(text[..digits], CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return text[digits..].Trim() switch
        {
            "" or "ms" => number,
            "s" => number * 1000,
            "min" => number * 60_000,
            "h" => number * 3_600_000,
            _ => null,
        };
    }
}
