using System.Collections.Immutable;
using Sluice.Lint.Known;
using Sluice.Lint.Predicting;
using Sluice.Lint.Statements;

namespace Sluice.Lint.Rules;

/// <summary>R: the table is written anew, and nobody reads or writes it meanwhile.</summary>
internal static class RewriteRules
{
    private const string Closed = "ACCESS EXCLUSIVE: nobody reads or writes the table while every row is written anew and every index built again.";

    public static ImmutableArray<Rule> All { get; } =
    [
        new("R01", "A new column with a default of its own for each row", Level.Danger)
        {
            Why = $"{Closed} A constant or now() is the same for all rows and costs nothing.",
            Instead = "Add the column without a default, set the default, fill it in batches.",
            Bad = "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();",
            Good = "ALTER TABLE orders ADD COLUMN noted timestamptz DEFAULT now();",
            GrowsWithSize = true,
            Check = s => Added(s, c => c is { Generated: null, Default: { } value } && Volatility.Of(value, s.Before) is not null, (t, c) =>
                $"ALTER TABLE {t} ADD COLUMN {SqlName.Of(c.Name)} {c.Type};\nALTER TABLE {t} ALTER COLUMN {SqlName.Of(c.Name)} SET DEFAULT {c.Default!.Text};\n-- then fill it in batches: sluice migrate backfill --table {t} --set \"{SqlName.Of(c.Name)} = {c.Default!.Text}\" --where \"{SqlName.Of(c.Name)} IS NULL\""),
        },
        new("R02", "A new serial or identity column", Level.Danger)
        {
            Why = $"{Closed} Each row gets its number at once.",
            Instead = "A plain bigint with a sequence as default, filled in batches; the identity comes last.",
            Bad = "ALTER TABLE orders ADD COLUMN number bigserial;",
            Good = "CREATE TABLE invoices (id bigint PRIMARY KEY, number bigserial);",
            GrowsWithSize = true,
            Check = s => Added(s, c => c.Type.IsSerial || c.Identity, (t, c) =>
                $"CREATE SEQUENCE {SqlName.Of(c.Name + "_seq")};\nALTER TABLE {t} ADD COLUMN {SqlName.Of(c.Name)} bigint;\nALTER TABLE {t} ALTER COLUMN {SqlName.Of(c.Name)} SET DEFAULT nextval({SqlName.Literal(c.Name + "_seq")});\n-- then fill it in batches"),
        },
        new("R03", "A new column that is computed and stored", Level.Danger)
        {
            Why = Closed,
            Instead = "A plain column with a trigger, filled in batches; from PostgreSQL 18 on VIRTUAL.",
            Bad = "ALTER TABLE orders ADD COLUMN taxed numeric GENERATED ALWAYS AS (total * 1.2) STORED;",
            Good = "ALTER TABLE orders ADD COLUMN taxed numeric;",
            GrowsWithSize = true,
            Check = s => Added(s, c => c is { Generated: not null, Stored: true }, (t, c) =>
                $"ALTER TABLE {t} ADD COLUMN {SqlName.Of(c.Name)} {c.Type};\n-- a trigger that sets it to {c.Generated!.Text}, then fill it in batches"),
        },
        new("R04", "A change of type that rewrites", Level.Danger)
        {
            Why = $"{Closed} Not every change does: a longer varchar, varchar to text, a wider numeric of the same scale, cidr to inet and a domain to its base type leave the rows as they are.",
            Instead = "A new column, written beside the old one and filled in batches, then a switch of names.",
            Bad = "ALTER TABLE orders ALTER COLUMN id TYPE bigint;",
            Good = "ALTER TABLE orders ALTER COLUMN code TYPE varchar(40), ALTER COLUMN total TYPE numeric(12, 2), ALTER COLUMN seen TYPE varchar;",
            GrowsWithSize = true,
            Check = s => s.Actions<AlterAction.SetType>()
                .Select(t => (t.Table, t.Action, From: t.Known?.Column(t.Action.Column)?.Type, Change: TypeChange.Of(t.Known?.Column(t.Action.Column)?.Type, t.Action, s.Before)))
                .Where(t => t.Change.Rewrites)
                .Select(t => new Hit(
                    $"{t.Table}.{t.Action.Column} from {t.From?.ToString() ?? "a type that is not known"} to {t.Action.Type} writes every row anew{(t.Change.Unclear is { } unclear ? $": {unclear}" : "")}.",
                    t.Table,
                    t.Change.Unclear?.Contains("UTC", StringComparison.Ordinal) is true
                        ? $"SET LOCAL timezone = 'UTC';\n{s.Text};"
                        : $"ALTER TABLE {Scene.Sql(t.Table)} ADD COLUMN {SqlName.Of(t.Action.Column + "_new")} {t.Action.Type};\n-- write both from the application or a trigger, fill it in batches, then in one transaction:\nALTER TABLE {Scene.Sql(t.Table)} RENAME COLUMN {SqlName.Of(t.Action.Column)} TO {SqlName.Of(t.Action.Column + "_old")};\nALTER TABLE {Scene.Sql(t.Table)} RENAME COLUMN {SqlName.Of(t.Action.Column + "_new")} TO {SqlName.Of(t.Action.Column)};")
                {
                    Level = t.Change.Unclear is null ? null : Level.Warning,
                }),
        },
        new("R05", "A new column of a domain with a constraint", Level.Danger)
        {
            Why = $"{Closed} Even with a constant default, or none.",
            Instead = "A column of the base type with a CHECK that is added NOT VALID.",
            Bad = "ALTER TABLE orders ADD COLUMN pieces positive DEFAULT 1;",
            Good = "ALTER TABLE orders ADD COLUMN price amount;",
            GrowsWithSize = true,
            Check = s => Added(s, c => s.Before.Domain(c.Type.Name) is { Constrained: true }, (t, c) =>
                $"ALTER TABLE {t} ADD COLUMN {SqlName.Of(c.Name)} {s.Before.Domain(c.Type.Name)!.Base}{(c.Default is { } d ? $" DEFAULT {d.Text}" : "")};\n-- and the domain's condition: ALTER TABLE {t} ADD CONSTRAINT … CHECK (…) NOT VALID;"),
        },
        new("R06", "A change of type of a column that others are made of", Level.Danger)
        {
            Why = "SQLSTATE 0A000: the server refuses it while a view, rule or generated column uses the column.",
            Instead = "Drop what depends on it, change the type, make it again, in one transaction.",
            Bad = "ALTER TABLE orders ALTER COLUMN total TYPE numeric(12, 2);",
            Good = "DROP VIEW order_totals;\nDROP MATERIALIZED VIEW daily;\nALTER TABLE orders ALTER COLUMN total TYPE numeric(12, 2);",
            Check = s => s.Actions<AlterAction.SetType>().SelectMany(t => s.Before.ViewsOn(t.Table)
                .Where(v => v.Query.Words.Items.Contains(t.Action.Column) || v.Query.Canonical.Contains("select *", StringComparison.Ordinal))
                .Select(v => $"the {(v.Kind is RelationKind.View ? "view" : "materialized view")} {v.Key}")
                .Concat(t.Known?.Columns.Where(c => c.Generated?.Words.Items.Contains(t.Action.Column) is true).Select(c => $"the generated column {c.Name}") ?? [])
                .Take(1)
                .Select(user => new Hit($"{t.Table}.{t.Action.Column} cannot change its type: {user} uses it.", t.Table))),
        },
        new("R07", "A change of type of a column with an index or a CHECK", Level.Warning)
        {
            Why = "The rows stay, but the CHECK is held against every row again and the index may be built again, under ACCESS EXCLUSIVE.",
            Instead = "As for a rewrite: a new column, or drop the CHECK first and add it again NOT VALID.",
            Bad = "ALTER TABLE orders ADD CONSTRAINT code_set CHECK (code <> '') NOT VALID;\nCOMMIT;\nALTER TABLE orders VALIDATE CONSTRAINT code_set;\nALTER TABLE orders ALTER COLUMN code TYPE varchar(40);",
            Good = "ALTER TABLE orders ALTER COLUMN code TYPE varchar(40);",
            GrowsWithSize = true,
            Check = s => s.Actions<AlterAction.SetType>().Where(t => !s.Prediction.Rewriting(t.Table) && s.Prediction.Scanning(t.Table))
                .Select(t => new Hit($"{t.Table} is gone through for what stands on {t.Action.Column}{(s.Prediction.Indexes.Count > 0 ? $": {string.Join(", ", s.Prediction.Indexes)}" : "")}.", t.Table)),
        },
        new("R08", "Another place or kind of storage for a table", Level.Danger)
        {
            Why = $"{Closed} An UNLOGGED table is empty after a crash, and replicas do not have it.",
            Instead = "A new table beside it, filled in batches.",
            Bad = "ALTER TABLE events_2027 SET UNLOGGED;",
            Good = "CREATE UNLOGGED TABLE scratch (id bigint PRIMARY KEY);",
            GrowsWithSize = true,
            Check = s => s.Actions<AlterAction.SetPlace>().Select(p => new Hit($"SET {p.Action.What} writes all of {p.Table} anew.", p.Table)),
        },
        new("R09", "VACUUM FULL or CLUSTER", Level.Danger)
        {
            Why = Closed,
            Instead = "VACUUM without FULL; pg_repack where space must be given back.",
            Bad = "VACUUM FULL orders;",
            Good = "VACUUM orders;",
            GrowsWithSize = true,
            Check = s => s.Statement switch
            {
                Statement.Vacuum { Full: true } vacuum => vacuum.Names.Count == 0
                    ? [new Hit("VACUUM FULL closes one table after the other, all of the database.", null, "VACUUM;")]
                    : vacuum.Names.Items.Select(t => new Hit($"VACUUM FULL writes all of {t.Name} anew.", KnownSchema.KeyOf(t), $"VACUUM {Scene.Sql(t)};")),
                Statement.Cluster cluster => [new Hit($"CLUSTER writes all of {cluster.Name?.Name ?? "the tables that were clustered before"} anew.", cluster.Name is { } t ? KnownSchema.KeyOf(t) : null)],
                _ => [],
            },
        },
    ];

    private static IEnumerable<Hit> Added(Scene s, Func<ColumnDefinition, bool> rewrites, Func<string, ColumnDefinition, string> safe) =>
        s.Actions<AlterAction.AddColumn>().Where(a => rewrites(a.Action.Column)).Select(a =>
        {
            var (why, sure) = Predictor.RewriteOf(a.Action.Column, s.Before) ?? ("each row is written", true);
            return new Hit($"{a.Table}.{a.Action.Column.Name}: {why}.", a.Table, safe(Scene.Sql(a.Table), a.Action.Column)) { Level = sure ? null : Level.Warning };
        });
}
