using System.Collections.Immutable;
using Sluice.Lint.Known;
using Sluice.Lint.Statements;
using Sluice.Plan;

namespace Sluice.Lint.Rules;

/// <summary>P: partitions, triggers, policies, and the brief locks that people take for none.</summary>
internal static class PartitionRules
{
    public static ImmutableArray<Rule> All { get; } =
    [
        new("P01", "ATTACH PARTITION without a CHECK that proves it", Level.Danger)
        {
            Why = "All rows of the new partition are read under ACCESS EXCLUSIVE, and those of the default partition too.",
            Instead = "A CHECK of the partition's bounds, NOT VALID and then VALIDATE, on columns that are NOT NULL; then ATTACH.",
            Bad = "ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');",
            Good = "ALTER TABLE events_2027 ADD CONSTRAINT bounds CHECK (at >= '2027-01-01' AND at < '2028-01-01') NOT VALID;\nCOMMIT;\nALTER TABLE events_2027 VALIDATE CONSTRAINT bounds;\nCOMMIT;\nALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');",
            GrowsWithSize = true,
            Check = s => s.Actions<AlterAction.Attach>().Select(a => (a.Table, Part: KnownSchema.KeyOf(a.Action.Partition), a.Action.IsDefault)).Where(a => s.Prediction.Scanning(a.Part))
                .Select(a => new Hit($"All rows of {a.Part} are read before it is a partition of {a.Table}.", a.Part,
                    $"ALTER TABLE {Scene.Sql(a.Part)} ADD CONSTRAINT bounds CHECK (…) NOT VALID;\nCOMMIT;\nALTER TABLE {Scene.Sql(a.Part)} VALIDATE CONSTRAINT bounds;\nCOMMIT;\n{s.Text};")),
        },
        new("P02", "DETACH PARTITION without CONCURRENTLY", Level.Warning)
        {
            Why = "ACCESS EXCLUSIVE on the parent: it waits for every query on any partition, and all later ones wait for it.",
            Instead = "DETACH PARTITION … CONCURRENTLY.",
            Bad = "ALTER TABLE events DETACH PARTITION events_2026;",
            Good = "ALTER TABLE events DETACH PARTITION events_2026 CONCURRENTLY;",
            GrowsWithSize = true,
            Check = s => s.Actions<AlterAction.Detach>().Where(a => !a.Action.Concurrently)
                .Select(a => new Hit($"All of {a.Table} is closed for a moment.", a.Table, $"{s.Text} CONCURRENTLY;")),
        },
        new("P03", "CREATE TABLE … PARTITION OF", Level.Warning)
        {
            Why = "ACCESS EXCLUSIVE on the parent.",
            Instead = "A table by itself, then ATTACH PARTITION, which lets readers and writers go on.",
            Bad = "CREATE TABLE events_2028 PARTITION OF events FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');",
            Good = "CREATE TABLE events_2028 (LIKE events INCLUDING ALL);\nALTER TABLE events ATTACH PARTITION events_2028 FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');",
            GrowsWithSize = true,
            Check = s => s.Statement is Statement.CreateTable { PartitionOf: { } parent } create
                ? [new Hit($"All of {parent.Name} is closed for a moment.", KnownSchema.KeyOf(parent),
                    $"CREATE TABLE {Scene.Sql(create.Name)} (LIKE {Scene.Sql(parent)} INCLUDING ALL);\nALTER TABLE {Scene.Sql(parent)} ATTACH PARTITION {Scene.Sql(create.Name)} FOR VALUES …;")]
                : [],
        },
        new("P04", "A trigger that comes, or is switched", Level.Advice)
        {
            Why = "SHARE ROW EXCLUSIVE: nobody writes for a moment, after waiting for every writer.",
            Instead = "Nothing else; `sluice` waits 2 seconds at a time and tries again.",
            Bad = "CREATE TRIGGER stamp2 BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION stamp();",
            Good = "CREATE TABLE notes (id bigint PRIMARY KEY);\nCREATE TRIGGER stamp2 BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION stamp();",
            GrowsWithSize = true,
            Check = s => s.Statement is Statement.CreateTrigger trigger
                ? [new Hit($"Nobody writes to {trigger.Table.Name} for a moment.", KnownSchema.KeyOf(trigger.Table))]
                : s.Actions<AlterAction.SwitchTrigger>().Select(a => new Hit($"Nobody writes to {a.Table} for a moment.", a.Table)),
        },
        new("P05", "A change that closes the table for a moment", Level.Advice)
        {
            Why = "ACCESS EXCLUSIVE, for dropping a trigger, rules, policies, row-level security, replica identity, storage and owner alike: it waits for every query on the table.",
            Instead = "Nothing else; `sluice` waits 2 seconds at a time and tries again.",
            Bad = "DROP TRIGGER stamp ON orders;",
            Good = "ALTER TABLE orders ALTER COLUMN code SET STATISTICS 500;",
            GrowsWithSize = true,
            Check = s => (s.Statement is Statement.Drop { On: not null } or Statement.CreateRule or Statement.CreatePolicy or Statement.AlterOther { On: not null }
                    || s.Statement is Statement.AlterRelation alter && alter.Actions.Items.Any(a => a is AlterAction.RowSecurity or AlterAction.ReplicaIdentity or AlterAction.SetStorage or AlterAction.OwnerTo))
                ? s.Locked(LockLevel.AccessExclusive).Take(1).Select(t => new Hit($"{t} is closed for a moment.", t))
                : [],
        },
        new("P06", "DISABLE TRIGGER ALL", Level.Danger)
        {
            Why = "Foreign keys are triggers: they are not checked, and rows that point nowhere stay.",
            Instead = "DISABLE TRIGGER USER, or one by its name.",
            Bad = "ALTER TABLE orders DISABLE TRIGGER ALL;",
            Good = "ALTER TABLE orders DISABLE TRIGGER stamp;",
            Check = s => s.Actions<AlterAction.SwitchTrigger>().Where(a => a.Action is { Name: "ALL", On: false })
                .Select(a => new Hit($"The foreign keys of {a.Table} are not checked any more.", a.Table, s.With("ALL", "USER"))),
        },
    ];
}
