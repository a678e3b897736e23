using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Sluice.Lint.Known;
using Sluice.Lint.Predicting;
using Sluice.Lint.Statements;

namespace Sluice.Lint.Rules;

/// <summary>D: what is gone afterwards, or fails on the rows that are there.</summary>
internal static partial class DataLossRules
{
    public static ImmutableArray<Rule> All { get; } =
    [
        new("D01", "A table, schema or database that goes", Level.Danger)
        {
            Why = "Its rows are gone.",
            Instead = "Rename it, wait until nobody misses it, drop it then; `migrate dev --keep-data` copies the rows first.",
            Bad = "DROP TABLE orders;",
            Good = "ALTER TABLE orders RENAME TO orders_until_2026;",
            Check = s => s.Statement is Statement.Drop { Kind: "TABLE" or "SCHEMA" or "DATABASE" } drop
                ? drop.Names.Items.Select(n => new Hit($"{drop.Kind.ToLowerInvariant()} {n.Name} goes, with all that is in it.", drop.Kind is "TABLE" ? KnownSchema.KeyOf(n) : null,
                    drop.Kind is "TABLE" ? $"ALTER TABLE {Scene.Sql(n)} RENAME TO {SqlName.Of(n.Name + "_unused")};\n-- and drop it in a later migration" : null))
                : s.Statement is Statement.Drop { Kind: "OWNED" } ? [new Hit("Every table, view and function that the role owns in this database goes.", null, "REASSIGN OWNED BY … TO …;")]
                : [],
        },
        new("D02", "A column that goes", Level.Danger)
        {
            Why = "Its values are gone, and the version of the application that still runs fails.",
            Instead = "Release an application that does not use it, then drop it; `migrate dev --keep-data` copies the values first.",
            Bad = "ALTER TABLE orders DROP COLUMN code;",
            Good = "ALTER TABLE orders ALTER COLUMN code DROP NOT NULL;",
            Check = s => s.Actions<AlterAction.DropColumn>().Select(d => new Hit($"The values of {d.Table}.{d.Action.Column} go.", d.Table)),
        },
        new("D03", "TRUNCATE", Level.Danger)
        {
            Why = "All rows are gone, with CASCADE those of other tables too, under ACCESS EXCLUSIVE.",
            Instead = "DELETE in batches, of the rows that are meant.",
            Bad = "TRUNCATE customers CASCADE;",
            Good = "DELETE FROM orders WHERE id BETWEEN 1 AND 1000;",
            Check = s => s.Statement is Statement.Truncate truncate
                ? Emptied(s, truncate).Select(t => new Hit($"All rows of {t} go.", t, $"DELETE FROM {Scene.Sql(t)} WHERE …; -- in batches"))
                : [],
        },
        new("D04", "CASCADE on what is dropped", Level.Warning)
        {
            Why = "It drops whatever depends on it, on this database and on the next, listed or not.",
            Instead = "Drop by name what depends on it.",
            Bad = "DROP VIEW order_totals CASCADE;",
            Good = "DROP VIEW order_totals;",
            Check = s => s.Statement is Statement.Drop { Cascade: true } drop && !drop.Names.Items.Any(s.IsNew)
                ? [new Hit($"CASCADE takes with it {Dependents(s, drop)}.", null, s.With("CASCADE", "RESTRICT"))]
                : s.Actions<AlterAction.DropColumn>().Where(a => a.Action.Cascade).Select(a => new Hit($"CASCADE takes with it whatever uses {a.Table}.{a.Action.Column}.", a.Table, s.With("CASCADE", "RESTRICT")))
                    .Concat(s.Actions<AlterAction.DropConstraint>().Where(a => a.Action.Cascade).Select(a => new Hit($"CASCADE takes with it the foreign keys to {a.Table}.", a.Table, s.With("CASCADE", "RESTRICT")))),
        },
        new("D05", "UPDATE or DELETE without WHERE", Level.Warning)
        {
            Why = "It changes every row there is.",
            Instead = "Say which rows; where all are meant, in batches.",
            Bad = "DELETE FROM orders;",
            Good = "DELETE FROM orders WHERE id = 7;",
            Check = s => s.Statement.Writes.Where(w => w is { Verb: "UPDATE" or "DELETE", Narrowed: false })

                // A column that is new has no values to lose; T06 says what the work does to others.
                .Where(w => w.Verb is "DELETE" || w.Assigned.Count == 0 || !w.Assigned.Items.All(c => s.Script.AddedColumns.Contains((KnownSchema.KeyOf(w.Table), c))))
                .Select(w => new Hit($"{w.Verb} of every row of {w.Table.Name}.", KnownSchema.KeyOf(w.Table)) { Level = w.Verb is "DELETE" ? Level.Danger : null }),
        },
        new("D06", "An enum that loses a value", Level.Danger)
        {
            Why = "Rows with that value make it fail, and all others are written anew.",
            Instead = "Look for rows with the value; then a new type beside the old one, column by column.",
            Bad = "CREATE TYPE status2 AS ENUM ('new', 'paid');\nALTER TABLE orders ALTER COLUMN state TYPE status2 USING (state::text::status2);",
            Good = "ALTER TYPE status ADD VALUE 'sent' AFTER 'paid';",
            Check = s => s.Actions<AlterAction.SetType>().SelectMany(a => a.Known?.Column(a.Action.Column)?.Type is { } from && s.Before.IsEnum(from.Name) && s.Before.IsEnum(a.Action.Type.Name)
                ? Labels(s, from.Name).Except(Labels(s, a.Action.Type.Name), StringComparer.Ordinal).Select(gone => new Hit(
                    $"'{gone}' is no value of {a.Action.Type.Name}.", a.Table, $"SELECT count(*) FROM {Scene.Sql(a.Table)} WHERE {SqlName.Of(a.Action.Column)} = {SqlName.Literal(gone)};"))
                : []),
        },
        new("D07", "A change of type that cuts or fails", Level.Warning)
        {
            Why = "22001 or 22003 on the first value that does not fit; digits behind the point are lost without a word.",
            Instead = "Count the values that do not fit, first.",
            Bad = "ALTER TABLE orders ALTER COLUMN code TYPE varchar(5);",
            Good = "ALTER TABLE orders ALTER COLUMN code TYPE varchar(40);",
            Check = s => s.Actions<AlterAction.SetType>().Select(a => (a.Table, a.Action, Loss: Narrowing.Of(a.Known?.Column(a.Action.Column)?.Type, a.Action.Type)))
                .Where(a => a.Loss is not null)
                .Select(a => new Hit($"{a.Table}.{a.Action.Column} becomes {a.Action.Type}: {a.Loss}.", a.Table,
                    $"SELECT count(*) FROM {Scene.Sql(a.Table)} WHERE {SqlName.Of(a.Action.Column)}::{a.Action.Type}::text IS DISTINCT FROM {SqlName.Of(a.Action.Column)}::text;")),
        },
        new("D08", "Something goes, and something like it comes", Level.Warning)
        {
            Why = "Almost surely a rename, and the values are lost.",
            Instead = "RENAME; in the schema a line `/// @renamedFrom(\"old\")`.",
            Bad = "ALTER TABLE orders DROP COLUMN seen, ADD COLUMN looked_at text;",
            Good = "ALTER TABLE orders RENAME COLUMN seen TO looked_at;",
            Check = Renames,
        },
        new("D09", "NOT NULL or UNIQUE that the rows may break", Level.Advice)
        {
            Why = "It fails half way where rows break it.",
            Instead = "Count them first.",
            Bad = "ALTER TABLE orders ALTER COLUMN placed SET NOT NULL;",
            Good = "UPDATE orders SET placed = now() WHERE placed IS NULL;\nALTER TABLE orders ALTER COLUMN placed SET NOT NULL;",
            Check = s => s.Actions<AlterAction.SetNotNull>().Where(a => ConstraintRules.Unproven(a.Known, a.Action.Column) && !s.Script.Filled.Contains((a.Table, a.Action.Column)))
                .Select(a => new Hit($"Rows of {a.Table} in which {a.Action.Column} is null make it fail.", a.Table, $"SELECT count(*) FROM {Scene.Sql(a.Table)} WHERE {SqlName.Of(a.Action.Column)} IS NULL;"))
                .Concat(s.Actions<AlterAction.AddConstraint>().Where(a => a.Action.Constraint is { Kind: ConstraintKind.Unique or ConstraintKind.PrimaryKey, UsingIndex: null })
                    .Select(a => new Hit($"Duplicates in {a.Table} make it fail.", a.Table, $"SELECT {SqlName.List(a.Action.Constraint.Columns)}, count(*) FROM {Scene.Sql(a.Table)} GROUP BY {SqlName.List(a.Action.Constraint.Columns)} HAVING count(*) > 1;"))),
        },
        new("D10", "A table dropped and made again", Level.Danger)
        {
            Why = "It comes back empty.",
            Instead = "ALTER TABLE to what it should be.",
            Bad = "DROP TABLE IF EXISTS orders;\nCREATE TABLE orders (id bigint PRIMARY KEY);",
            Good = "ALTER TABLE orders ADD COLUMN weight int;",
            Check = s => s.Statement is Statement.CreateTable create && s.Script.DroppedTables.Exists(t => t.Key == KnownSchema.KeyOf(create.Name))
                ? [new Hit($"{create.Name.Name} comes back without its rows.")]
                : [],
        },
        new("D11", "An index that others stand on", Level.Danger)
        {
            Why = "Replicas tell rows apart by it, and updates fail without; the index of a constraint cannot be dropped at all.",
            Instead = "REPLICA IDENTITY by another index first; for a constraint, DROP CONSTRAINT.",
            Bad = "ALTER TABLE customers REPLICA IDENTITY USING INDEX customers_email_key;\nDROP INDEX CONCURRENTLY customers_email_key;",
            Good = "DROP INDEX CONCURRENTLY orders_code_idx;",
            Check = s => s.Statement is Statement.Drop { Kind: "INDEX" } drop
                ? drop.Names.Items.SelectMany(i => s.Before.TableOfIndex(i) is { } table && table.Indexes.Find(k => k.Name == i.Name) is { } index && (index.OfConstraint || table.ReplicaIndex == i.Name)
                    ? [new Hit(index.OfConstraint ? $"{i.Name} belongs to a constraint of {table.Key}." : $"Replicas tell the rows of {table.Key} apart by {i.Name}.", null,
                        index.OfConstraint ? $"ALTER TABLE {Scene.Sql(table.Key)} DROP CONSTRAINT {SqlName.Of(i.Name)};" : $"ALTER TABLE {Scene.Sql(table.Key)} REPLICA IDENTITY DEFAULT;")]
                    : s.Before.ReplicatedBy(i.Name) is { ReplicaIndex: not null } replicated ? new[] { new Hit($"Replicas tell the rows of {replicated.Key} apart by {i.Name}.", null, $"ALTER TABLE {Scene.Sql(replicated.Key)} REPLICA IDENTITY DEFAULT;") } : [])
                : [],
        },
    ];

    // A partitioned table by its own name, whether its partitions are known or not; with CASCADE those that refer to it.
    private static IEnumerable<string> Emptied(Scene s, Statement.Truncate truncate) => truncate.Names.Items.Select(KnownSchema.KeyOf)
        .Union(s.Prediction.Locks.Items.Select(l => l.Table).Where(t => s.Before.Find(t)?.Parent is null), StringComparer.Ordinal);

    private static IReadOnlyList<string> Labels(Scene s, string type)
    {
        var parts = type.Split('.', 2);
        return s.Before.Labels(parts is [var schema, var name] ? new(schema, name) : new("", type));
    }

    private static string Dependents(Scene s, Statement.Drop drop)
    {
        var known = drop.Names.Items.Select(KnownSchema.KeyOf).SelectMany(k => s.Before.ViewsOn(k).Concat(s.Before.Referencing(k))).Select(r => r.Key).Distinct().Take(5).ToList();
        return known.Count == 0 ? "whatever depends on it" : $"{string.Join(", ", known)}, and whatever else depends on it";
    }

    private static bool AreAlike(string one, string other) => Words(one).Intersect(Words(other)).Any(w => w.Length > 2);

    // `customerId`, `customer_id` and `CustomerID` are two words each.
    private static IEnumerable<string> Words(string name) => NameParts().Matches(name).Select(m => m.Value.ToLowerInvariant());

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex NameParts();

    private static IEnumerable<Hit> Renames(Scene s)
    {
        foreach (var (table, known, add) in s.Actions<AlterAction.AddColumn>())
        {
            var gone = s.Script.DroppedColumns.Where(d => d.Table == table).Select(d => d.Column)
                .Concat(s.Actions<AlterAction.DropColumn>().Select(d => known?.Column(d.Action.Column)).OfType<KnownColumn>());
            var alike = gone.Where(c => c.Type == add.Column.Type).ToList();
            var others = s.Actions<AlterAction.AddColumn>().Count(a => a.Table == table && a.Action.Column.Type == add.Column.Type);

            // Of many of one type, which is which only the names can tell.
            if ((alike.Find(c => AreAlike(c.Name, add.Column.Name)) ?? (alike.Count == 1 && others == 1 ? alike[0] : null)) is { } like)
            {
                yield return new Hit($"{table}.{like.Name} goes and {add.Column.Name} of the same type comes.", table, $"ALTER TABLE {Scene.Sql(table)} RENAME COLUMN {SqlName.Of(like.Name)} TO {SqlName.Of(add.Column.Name)};");
            }
        }

        if (s.Statement is Statement.CreateTable { Columns.Count: > 1 } create && s.Script.DroppedTables.Count > 0)
        {
            var names = create.Columns.Items.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
            if (s.Script.DroppedTables.Find(t => t.Key != KnownSchema.KeyOf(create.Name) && t.Columns.Count > 1 && t.Columns.Count(c => names.Contains(c.Name)) * 2 > Math.Max(t.Columns.Count, names.Count)) is { } table)
            {
                yield return new Hit($"{table.Key} goes and {create.Name.Name} with nearly the same columns comes.", null, $"ALTER TABLE {Scene.Sql(table.Key)} RENAME TO {SqlName.Of(create.Name.Name)};");
            }
        }
    }
}
