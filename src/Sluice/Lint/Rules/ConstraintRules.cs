using System.Collections.Immutable;
using Sluice.Lint.Known;
using Sluice.Lint.Predicting;
using Sluice.Lint.Statements;

namespace Sluice.Lint.Rules;

/// <summary>C: constraints, and the scans that prove them.</summary>
internal static class ConstraintRules
{
    public static ImmutableArray<Rule> All { get; } =
    [
        new("C01", "A foreign key that is proved at once", Level.Danger)
        {
            Why = "SHARE ROW EXCLUSIVE on both tables: nobody writes to either while all rows are compared.",
            Instead = "NOT VALID, and VALIDATE in a transaction of its own, which blocks no writer.",
            Bad = "ALTER TABLE orders ADD CONSTRAINT orders_customer_fk2 FOREIGN KEY (customer_id) REFERENCES customers (id);",
            Good = "ALTER TABLE orders ADD CONSTRAINT orders_customer_fk2 FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;\nCOMMIT;\nALTER TABLE orders VALIDATE CONSTRAINT orders_customer_fk2;",
            GrowsWithSize = true,
            Check = s => Added(s, ConstraintKind.ForeignKey).Where(a => !a.Constraint.NotValid)
                .Select(a => new Hit($"Nobody writes to {a.Table} or {a.Constraint.References?.Name} while all rows are compared.", a.Table, NotValid(s, a.Table, a.Constraint))),
        },
        new("C02", "A CHECK that is proved at once", Level.Danger)
        {
            Why = "ACCESS EXCLUSIVE: nobody reads or writes while all rows are read.",
            Instead = "NOT VALID, and VALIDATE in a transaction of its own.",
            Bad = "ALTER TABLE orders ADD CONSTRAINT total_set CHECK (total > 0);",
            Good = "ALTER TABLE orders ADD CONSTRAINT total_set CHECK (total > 0) NOT VALID;\nCOMMIT;\nALTER TABLE orders VALIDATE CONSTRAINT total_set;",
            GrowsWithSize = true,
            Check = s => Added(s, ConstraintKind.Check).Concat(Added(s, ConstraintKind.NotNull)).Where(a => !a.Constraint.NotValid)
                .Select(a => new Hit($"{a.Table} is closed while all of its rows are read.", a.Table, NotValid(s, a.Table, a.Constraint))),
        },
        new("C03", "A UNIQUE or PRIMARY KEY that builds its index", Level.Danger)
        {
            Why = "ACCESS EXCLUSIVE: nobody reads or writes while the index is built.",
            Instead = "A unique index CONCURRENTLY, then the constraint USING INDEX, which takes a moment.",
            Bad = "ALTER TABLE customers ADD CONSTRAINT customers_email_key UNIQUE (email);",
            Good = "CREATE UNIQUE INDEX CONCURRENTLY customers_email_key ON customers (email);\nALTER TABLE customers ADD CONSTRAINT customers_email_key UNIQUE USING INDEX customers_email_key;",
            GrowsWithSize = true,
            Check = s => Added(s, ConstraintKind.Unique).Concat(Added(s, ConstraintKind.PrimaryKey)).Where(a => a.Constraint.UsingIndex is null)
                .Select(a => new Hit($"{a.Table} is closed while an index over {SqlName.List(a.Constraint.Columns)} is built.", a.Table, UsingIndex(a.Table, a.Constraint))),
        },
        new("C04", "A PRIMARY KEY over columns that may be null", Level.Danger)
        {
            Why = "It makes them NOT NULL, which reads all rows under ACCESS EXCLUSIVE, also with USING INDEX.",
            Instead = "Prove first that there are no nulls: a validated CHECK (… IS NOT NULL).",
            Bad = "CREATE UNIQUE INDEX CONCURRENTLY events_2027_pkey ON events_2027 (id);\nALTER TABLE events_2027 ADD CONSTRAINT events_2027_pkey PRIMARY KEY USING INDEX events_2027_pkey;",
            Good = "CREATE UNIQUE INDEX CONCURRENTLY events_2027_pkey ON events_2027 (at);\nALTER TABLE events_2027 ADD CONSTRAINT events_2027_pkey PRIMARY KEY USING INDEX events_2027_pkey;",
            GrowsWithSize = true,
            Check = s => Added(s, ConstraintKind.PrimaryKey).Select(a => (a.Table, Columns: Predictor.NullableOf(a.Constraint, s.Before.Find(a.Table)))).Where(a => a.Columns.Count > 0)
                .Select(a => new Hit($"{SqlName.List(a.Columns)} may be null, and all of {a.Table} is read for it.", a.Table, string.Join('\n', a.Columns.Select(c => ProveNotNull(a.Table, c))))),
        },
        new("C05", "An exclusion constraint", Level.Danger)
        {
            Why = "ACCESS EXCLUSIVE: nobody reads or writes while its index is built, and there is no other way to add one.",
            Instead = "Have it from the table's first day; otherwise a new table, or a trigger.",
            Bad = "ALTER TABLE orders ADD CONSTRAINT no_twins EXCLUDE USING btree (code WITH =);",
            Good = "CREATE TABLE slots (during tsrange PRIMARY KEY, EXCLUDE USING gist (during WITH &&));",
            GrowsWithSize = true,
            Check = s => Added(s, ConstraintKind.Exclude).Select(a => new Hit($"{a.Table} is closed while its index is built.", a.Table)),
        },
        new("C06", "SET NOT NULL that reads the table", Level.Danger)
        {
            Why = "ACCESS EXCLUSIVE: nobody reads or writes while all rows are read.",
            Instead = "A CHECK (… IS NOT NULL) NOT VALID, VALIDATE in a transaction of its own, then SET NOT NULL, which takes the CHECK's word.",
            Bad = "ALTER TABLE orders ALTER COLUMN placed SET NOT NULL;",
            Good = "ALTER TABLE orders ADD CONSTRAINT placed_set CHECK (placed IS NOT NULL) NOT VALID;\nCOMMIT;\nALTER TABLE orders VALIDATE CONSTRAINT placed_set;\nCOMMIT;\nALTER TABLE orders ALTER COLUMN placed SET NOT NULL;\nALTER TABLE orders DROP CONSTRAINT placed_set;",
            GrowsWithSize = true,
            Check = s => s.Actions<AlterAction.SetNotNull>().Where(a => Unproven(a.Known, a.Action.Column))
                .Select(a => new Hit($"{a.Table} is closed while {a.Action.Column} is looked at in every row.", a.Table, $"{ProveNotNull(a.Table, a.Action.Column)}\nCOMMIT;\n{s.Text};\nALTER TABLE {Scene.Sql(a.Table)} DROP CONSTRAINT {SqlName.Of(a.Action.Column + "_set")};")),
        },
        new("C07", "A new column that is NOT NULL and has no default", Level.Danger)
        {
            Why = "It fails where the table has rows.",
            Instead = "With a default; or nullable first, filled, then NOT NULL.",
            Bad = "ALTER TABLE orders ADD COLUMN weight int NOT NULL;",
            Good = "ALTER TABLE orders ADD COLUMN weight int NOT NULL DEFAULT 0;",
            Check = s => s.Actions<AlterAction.AddColumn>().Where(a => a.Action.Column is { NotNull: true, Identity: false, Generated: null, Type.IsSerial: false } c && c.Default is null or { IsNull: true })
                .Select(a => new Hit($"{a.Table} has rows, and {a.Action.Column.Name} would be null in them.", a.Table, $"ALTER TABLE {Scene.Sql(a.Table)} ADD COLUMN {SqlName.Of(a.Action.Column.Name)} {a.Action.Column.Type};\n-- fill it, then prove and set NOT NULL")),
        },
        new("C08", "A new column with its constraint in the same line", Level.Danger)
        {
            Why = "UNIQUE and CHECK read all rows under ACCESS EXCLUSIVE; REFERENCES takes a lock on the other table as well.",
            Instead = "The column first, the constraint in a step of its own.",
            Bad = "ALTER TABLE orders ADD COLUMN weight int CHECK (weight > 0);",
            Good = "ALTER TABLE orders ADD COLUMN weight int;\nALTER TABLE orders ADD CONSTRAINT weight_set CHECK (weight > 0) NOT VALID;",
            GrowsWithSize = true,
            Check = s => s.Actions<AlterAction.AddColumn>().SelectMany(a => a.Action.Column.Constraints.Items.Select(c => new Hit(
                c.Kind is ConstraintKind.ForeignKey ? $"{c.References?.Name} is locked against writers as well." : $"All of {a.Table} is read for {Kind(c.Kind)} of a column that is new.",
                a.Table,
                $"ALTER TABLE {Scene.Sql(a.Table)} ADD COLUMN {SqlName.Of(a.Action.Column.Name)} {a.Action.Column.Type};\n{(c.Kind is ConstraintKind.Unique or ConstraintKind.PrimaryKey ? UsingIndex(a.Table, c) : NotValid(s, a.Table, c))}")
            {
                Level = c.Kind is ConstraintKind.ForeignKey ? Level.Advice : null,
            })),
        },
        new("C09", "A constraint of a domain that tables use", Level.Danger)
        {
            Why = "SHARE on every table with a column of it: nobody writes to them while all rows are read.",
            Instead = "NOT VALID, then VALIDATE; or CHECKs of the tables.",
            Bad = "ALTER DOMAIN amount ADD CONSTRAINT not_negative CHECK (VALUE >= 0);",
            Good = "ALTER DOMAIN amount ADD CONSTRAINT not_negative CHECK (VALUE >= 0) NOT VALID;",
            GrowsWithSize = true,
            Check = s => s.Statement is Statement.AlterDomain { Change: DomainChange.AddConstraint { NotValid: false } or DomainChange.SetNotNull } domain
                ? s.Before.Using(domain.Name).Where(t => !t.New).Take(1).Select(t => new Hit($"All rows of {t.Key} are read for the domain {domain.Name.Name}, and nobody writes meanwhile.", t.Key,
                    domain.Change is DomainChange.AddConstraint ? $"{s.Text} NOT VALID;\n-- later\nALTER DOMAIN {Scene.Sql(domain.Name)} VALIDATE CONSTRAINT …;" : null))
                : [],
        },
        new("C10", "A foreign key that goes", Level.Advice)
        {
            Why = "Its triggers live on both tables, so that both are locked in ACCESS EXCLUSIVE, for a moment, after waiting for every query on them.",
            Instead = "Nothing else where the tables are quiet; `sluice` waits 2 seconds at a time.",
            Bad = "ALTER TABLE orders DROP CONSTRAINT orders_customer_fk;",
            Good = "ALTER TABLE orders RENAME CONSTRAINT orders_customer_fk TO orders_customer_fkey;",
            GrowsWithSize = true,
            Check = s => s.Actions<AlterAction.DropConstraint>().Select(a => (a.Table, Other: a.Known?.Constraints.Find(c => c.Name == a.Action.Name)?.References))
                .Concat(s.Statement is Statement.Drop { Kind: "TABLE" } drop
                    ? drop.Names.Items.SelectMany(n => s.Before.Find(n)?.Constraints.Select(c => (Table: KnownSchema.KeyOf(n), Other: c.References)) ?? [])
                    : [])
                .Where(f => f.Other is not null && f.Other != f.Table && !s.IsNew(f.Table))
                .Select(f => new Hit($"{f.Other} is closed for a moment as well: a foreign key of {f.Table} goes.", f.Other)),
        },
        new("C11", "A new table with a foreign key to one in use", Level.Advice)
        {
            Why = "SHARE ROW EXCLUSIVE on the referenced table: its writers wait while the statement waits for the lock.",
            Instead = "The table without the key, then the key NOT VALID in a migration of its own.",
            Bad = "CREATE TABLE notes (id bigint PRIMARY KEY, order_id int REFERENCES orders (id));",
            Good = "CREATE TABLE notes (id bigint PRIMARY KEY, order_id int);",
            GrowsWithSize = true,
            Check = s => (s.Statement is Statement.CreateTable create
                    ? create.Constraints.Items.Concat(create.Columns.Items.SelectMany(c => c.Constraints.Items)).Select(c => (Table: KnownSchema.KeyOf(create.Name), Constraint: c))
                    : Added(s, ConstraintKind.ForeignKey).Where(a => s.IsNew(a.Table)))
                .Where(a => a.Constraint.References is { } other && KnownSchema.KeyOf(other) != a.Table)
                .Select(a => new Hit($"Writers of {a.Constraint.References!.Value.Name} wait while {a.Table} gets its key.", KnownSchema.KeyOf(a.Constraint.References.Value))),
        },
        new("C12", "A constraint that stays NOT VALID", Level.Advice)
        {
            Why = "Rows of before may break it, and the planner does not use it.",
            Instead = "VALIDATE it in one of the next migrations.",
            Bad = "ALTER TABLE orders ADD CONSTRAINT total_set CHECK (total > 0) NOT VALID;",
            Good = "ALTER TABLE orders ADD CONSTRAINT total_set CHECK (total > 0) NOT VALID;\nCOMMIT;\nALTER TABLE orders VALIDATE CONSTRAINT total_set;",
            Check = s => s.Actions<AlterAction.AddConstraint>().Where(a => a.Action.Constraint is { NotValid: true, Name: not null })
                .Select(a => new Hit($"{a.Action.Constraint.Name} is not valid until it is validated.", a.Table, $"ALTER TABLE {Scene.Sql(a.Table)} VALIDATE CONSTRAINT {SqlName.Of(a.Action.Constraint.Name!)};")
                {
                    Unless = known => known.Find(a.Table)?.Constraints.Exists(c => c.Name == a.Action.Constraint.Name && !c.Valid) is not true,
                }),
        },
        new("C13", "ON DELETE CASCADE without an index", Level.Warning)
        {
            Why = "A delete of one row reads all of the referencing table and deletes there what nobody counted.",
            Instead = "An index on the key's columns; let the application delete in batches where there are many.",
            Bad = "ALTER TABLE events_2027 ADD CONSTRAINT events_order_fk FOREIGN KEY (id) REFERENCES customers (id) ON DELETE CASCADE NOT VALID;",
            Good = "ALTER TABLE orders ADD CONSTRAINT orders_customer_fk2 FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE NOT VALID;",
            GrowsWithSize = true,
            Check = s => Added(s, ConstraintKind.ForeignKey).Where(a => a.Constraint.Cascades).Select(a => new Hit(
                $"Each delete in {a.Constraint.References?.Name} reads all of {a.Table}.",
                a.Table,
                $"CREATE INDEX CONCURRENTLY ON {Scene.Sql(a.Table)} ({SqlName.List(a.Constraint.Columns)});")
            {
                Unless = known => known.Find(a.Table) is not { } table
                    || table.Indexes.Exists(i => !i.Partial && i.Columns.Items.Take(a.Constraint.Columns.Count).SequenceEqual(a.Constraint.Columns.Items)),
            }),
        },
    ];

    /// <summary>The statements that prove a column to hold no null, without closing the table.</summary>
    public static string ProveNotNull(string table, string column) =>
        $"ALTER TABLE {Scene.Sql(table)} ADD CONSTRAINT {SqlName.Of(column + "_set")} CHECK ({SqlName.Of(column)} IS NOT NULL) NOT VALID;\nCOMMIT;\nALTER TABLE {Scene.Sql(table)} VALIDATE CONSTRAINT {SqlName.Of(column + "_set")};";

    public static bool Unproven(Relation? table, string column) => table?.Column(column) is not { NotNull: true } && table?.ProvesNotNull(column) is not true;

    private static IEnumerable<(string Table, ConstraintDefinition Constraint)> Added(Scene s, ConstraintKind kind) =>
        s.Actions<AlterAction.AddConstraint>().Where(a => a.Action.Constraint.Kind == kind).Select(a => (a.Table, a.Action.Constraint));

    private static string NotValid(Scene s, string table, ConstraintDefinition constraint)
    {
        var name = constraint.Name ?? string.Join('_', new[] { table }.Concat(constraint.Columns.Items).Append(constraint.Kind is ConstraintKind.ForeignKey ? "fkey" : "check"));
        var what = constraint.Kind switch
        {
            ConstraintKind.Check => $"CHECK ({constraint.Check?.Text})",
            ConstraintKind.NotNull => $"NOT NULL {SqlName.List(constraint.Columns)}",
            _ => $"FOREIGN KEY ({SqlName.List(constraint.Columns)}) REFERENCES {Scene.Sql(constraint.References ?? default)}{(constraint.ReferencedColumns.Count > 0 ? $" ({SqlName.List(constraint.ReferencedColumns)})" : "")}{(constraint.Cascades ? " ON DELETE CASCADE" : "")}",
        };
        return $"ALTER TABLE {Scene.Sql(table)} ADD CONSTRAINT {SqlName.Of(name)} {what} NOT VALID;\nCOMMIT;\nALTER TABLE {Scene.Sql(table)} VALIDATE CONSTRAINT {SqlName.Of(name)};";
    }

    private static string UsingIndex(string table, ConstraintDefinition constraint)
    {
        var key = constraint.Kind is ConstraintKind.PrimaryKey;
        var name = SqlName.Of(constraint.Name ?? string.Join('_', new[] { table }.Concat(key ? [] : constraint.Columns.Items).Append(key ? "pkey" : "key")));
        return $"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {Scene.Sql(table)} ({SqlName.List(constraint.Columns)});\nALTER TABLE {Scene.Sql(table)} ADD CONSTRAINT {name} {(key ? "PRIMARY KEY" : "UNIQUE")} USING INDEX {name};";
    }

    private static string Kind(ConstraintKind kind) => kind switch
    {
        ConstraintKind.Check => "the CHECK",
        ConstraintKind.Unique => "the UNIQUE",
        _ => "the key",
    };
}
