using System.Collections.Immutable;
using Sluice.Lint.Known;
using Sluice.Lint.Statements;

namespace Sluice.Lint.Rules;

/// <summary>I: building, dropping and keeping indexes.</summary>
internal static class IndexRules
{
    private const int MostColumns = 3;
    private const int MostIndexes = 10;

    public static ImmutableArray<Rule> All { get; } =
    [
        new("I01", "CREATE INDEX without CONCURRENTLY", Level.Danger)
        {
            Why = "SHARE: nobody writes to the table until the index is built.",
            Instead = "CREATE INDEX CONCURRENTLY; `sluice` runs it outside of a transaction and drops what a failed build leaves.",
            Bad = "CREATE INDEX orders_seen_idx ON orders (seen);",
            Good = "CREATE INDEX CONCURRENTLY orders_seen_idx ON orders (seen);",
            GrowsWithSize = true,
            Check = s => s.Statement is Statement.CreateIndex { Concurrently: false, Only: false } index
                ? [new Hit($"Nobody writes to {index.Table.Name} until the index is built.", KnownSchema.KeyOf(index.Table), s.Before.Find(index.Table) is { Partitioned: true } ? OnPartitions(s, index) : s.With("INDEX", "INDEX CONCURRENTLY"))]
                : [],
        },
        new("I02", "DROP INDEX without CONCURRENTLY", Level.Warning)
        {
            Why = "ACCESS EXCLUSIVE on the table: it waits for every query, and every later query waits for it.",
            Instead = "DROP INDEX CONCURRENTLY.",
            Bad = "DROP INDEX orders_code_idx;",
            Good = "DROP INDEX CONCURRENTLY orders_code_idx;",
            GrowsWithSize = true,
            Check = s => s.Statement is Statement.Drop { Kind: "INDEX", Concurrently: false, Cascade: false } drop
                ? drop.Names.Items.Where(i => s.Before.TableOfIndex(i)?.Partitioned is not true).Select(i => (Index: i, Table: s.Before.TableOfIndex(i)?.Key))
                    .Select(i => new Hit($"{i.Table ?? "The table of " + i.Index.Name} is closed to readers and writers while {i.Index.Name} goes.", i.Table, $"DROP INDEX CONCURRENTLY {(drop.IfExists ? "IF EXISTS " : "")}{Scene.Sql(i.Index)};"))
                : [],
        },
        new("I03", "REINDEX without CONCURRENTLY", Level.Danger)
        {
            Why = "SHARE on the table and ACCESS EXCLUSIVE on the index: nobody writes, and queries that would use the index wait.",
            Instead = "REINDEX … CONCURRENTLY.",
            Bad = "REINDEX TABLE orders;",
            Good = "REINDEX TABLE CONCURRENTLY orders;",
            GrowsWithSize = true,
            Check = s => s.Statement is Statement.Reindex { Concurrently: false } reindex
                ? [new Hit($"Nobody writes while {(reindex.Name.Name.Length == 0 ? "the indexes are" : reindex.Name.Name + " is")} built anew.",
                    reindex.Kind is "INDEX" ? s.Before.TableOfIndex(reindex.Name)?.Key : reindex.Kind is "TABLE" ? KnownSchema.KeyOf(reindex.Name) : null,
                    s.With(reindex.Kind, reindex.Kind + " CONCURRENTLY"))]
                : [],
        },
        new("I04", "CONCURRENTLY on a partitioned table", Level.Danger)
        {
            Why = "The server refuses it.",
            Instead = "The index ON ONLY the parent, then CONCURRENTLY on each partition, then ATTACH.",
            Bad = "CREATE INDEX CONCURRENTLY events_at_idx ON events (at);",
            Good = "CREATE INDEX events_at_idx ON ONLY events (at);",
            Check = s => s.Statement switch
            {
                Statement.CreateIndex { Concurrently: true, Only: false } index when s.Before.Find(index.Table) is { Partitioned: true } =>
                    [new Hit($"{index.Table.Name} is partitioned, and CONCURRENTLY is refused.", KnownSchema.KeyOf(index.Table), OnPartitions(s, index))],
                Statement.Drop { Kind: "INDEX", Concurrently: true } drop when drop.Names.Items.Any(i => s.Before.TableOfIndex(i) is { Partitioned: true }) =>
                    [new Hit("An index of a partitioned table cannot be dropped CONCURRENTLY.", null, s.With("INDEX CONCURRENTLY", "INDEX"))],
                _ => [],
            },
        },
        new("I05", "CREATE INDEX CONCURRENTLY IF NOT EXISTS", Level.Advice)
        {
            Why = "A build that failed leaves an INVALID index, and IF NOT EXISTS takes it for the index. `sluice` drops what its own failed build left; what others left it does not know.",
            Instead = "Without IF NOT EXISTS; or look at pg_index.indisvalid first.",
            Bad = "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_seen_idx ON orders (seen);",
            Good = "CREATE INDEX CONCURRENTLY orders_seen_idx ON orders (seen);",
            Check = s => s.Statement is Statement.CreateIndex { Concurrently: true, IfNotExists: true } index
                ? [new Hit($"An invalid {index.Name} of a failed build is taken for the index.", KnownSchema.KeyOf(index.Table), $"DROP INDEX CONCURRENTLY IF EXISTS {SqlName.Of(index.Name ?? "")};\n{s.With("IF NOT EXISTS ", "")}")]
                : [],
        },
        new("I06", "A unique index on rows that are there", Level.Warning)
        {
            Why = "It fails on the first duplicate, and CONCURRENTLY leaves an invalid index behind.",
            Instead = "Look for duplicates first.",
            Bad = "CREATE UNIQUE INDEX CONCURRENTLY customers_email_key ON customers (email);",
            Good = "CREATE INDEX CONCURRENTLY customers_email_idx ON customers (email);",
            Check = s => s.Statement is Statement.CreateIndex { Unique: true } index && !IsUniqueAlready(s.Before.Find(index.Table), index)
                ? [new Hit($"Duplicates in {index.Table.Name} make it fail.", KnownSchema.KeyOf(index.Table), Duplicates(index))]
                : [],
        },
        new("I07", "An index that costs more than it gives", Level.Advice)
        {
            Why = "Every write maintains every index. One whose columns begin another is that other; past three columns few queries need the rest.",
            Instead = "Leave it out, or drop the one that it makes needless.",
            Bad = "CREATE INDEX CONCURRENTLY orders_code_seen_idx ON orders (code, seen);",
            Good = "CREATE INDEX CONCURRENTLY orders_seen_idx ON orders (seen);",
            Check = s => s.Statement is Statement.CreateIndex { Where: null } index ? Superfluous(s, index) : [],
        },
        new("I08", "A foreign key without an index on its columns", Level.Advice)
        {
            Why = "Each delete and each change of a referenced key reads the whole referencing table, and holds locks meanwhile.",
            Instead = "An index that begins with the key's columns, built CONCURRENTLY.",
            Bad = "ALTER TABLE orders ADD COLUMN referrer bigint;\nALTER TABLE orders ADD CONSTRAINT orders_referrer_fk FOREIGN KEY (referrer) REFERENCES customers (id) NOT VALID;",
            Good = "ALTER TABLE orders ADD CONSTRAINT orders_customer_fk2 FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;",
            Check = s => Foreign(s).Select(f => new Hit(
                $"No index of {f.Table} begins with {SqlName.List(f.Columns)}.",
                null,
                $"CREATE INDEX CONCURRENTLY ON {Scene.Sql(f.Table)} ({SqlName.List(f.Columns)});")
            {
                Unless = known => known.Find(f.Table) is not { } table || table.Indexes.Exists(i => Begins(i, f.Columns)),
            }),
        },
        new("I09", "REFRESH MATERIALIZED VIEW without CONCURRENTLY", Level.Warning)
        {
            Why = "ACCESS EXCLUSIVE: nobody reads the view until its query is done.",
            Instead = "A unique index on the view, then CONCURRENTLY: readers go on.",
            Bad = "REFRESH MATERIALIZED VIEW daily;",
            Good = "REFRESH MATERIALIZED VIEW CONCURRENTLY daily;",
            GrowsWithSize = true,
            Check = s => s.Statement is Statement.Refresh { Concurrently: false } refresh
                ? [new Hit($"Nobody reads {refresh.Name.Name} until it is filled.", KnownSchema.KeyOf(refresh.Name), s.With("VIEW", "VIEW CONCURRENTLY"))]
                : [],
        },
        new("I10", "CONCURRENTLY beside an old transaction", Level.Warning)
        {
            Why = "It waits for every transaction that is older than itself, and looks as if it hung.",
            Instead = "End the old transaction first; `sluice test` lists it.",
            Bad = "CREATE INDEX CONCURRENTLY orders_seen_idx ON orders (seen);",
            Good = "CREATE INDEX orders_seen_idx ON orders (seen);",
            Facts = new LintFacts { OldTransaction = "pid 4711 (reports), open for 26 min" },
            Check = s => s.Facts.OldTransaction is { } old && s.Statement is Statement.CreateIndex { Concurrently: true } or Statement.Reindex { Concurrently: true } or Statement.Drop { Kind: "INDEX", Concurrently: true }
                ? [new Hit($"It waits for {s.Facts.OldTransaction}.")]
                : [],
        },
        new("I11", "An index dropped before its successor is there", Level.Warning)
        {
            Why = "Between the two, which are committed one after the other, no query has an index.",
            Instead = "Create the new one under another name, drop the old one, rename.",
            Bad = "DROP INDEX CONCURRENTLY orders_code_idx;\nCREATE INDEX CONCURRENTLY orders_code_idx ON orders (code, placed);",
            Good = "CREATE INDEX CONCURRENTLY orders_code_placed_idx ON orders (code, placed);\nDROP INDEX CONCURRENTLY orders_code_idx;",
            GrowsWithSize = true,
            Check = s => s.Statement is Statement.CreateIndex index
                && s.Script.DroppedIndexes.Find(d => d.Table == KnownSchema.KeyOf(index.Table) && !s.Transaction.DroppedIndexes.Contains(d.Index.Name) && index.Parts.Count > 0 && d.Index.Columns.Count > 0 && d.Index.Columns[0] == index.Parts[0].Column) is { Index: { } gone }
                ? [new Hit($"{gone.Name} went before this one is there.", KnownSchema.KeyOf(index.Table), $"{s.Text};\nDROP INDEX CONCURRENTLY {SqlName.Of(gone.Name)};")]
                : [],
        },
        new("I12", "CONCURRENTLY on PostgreSQL 14.0 to 14.3", Level.Danger)
        {
            Why = "A fault of these versions can leave the index without some rows.",
            Instead = "Update the server to 14.4 or later; look at indexes that were built so with amcheck.",
            Bad = "CREATE INDEX CONCURRENTLY orders_seen_idx ON orders (seen);",
            Good = "CREATE INDEX orders_seen_idx ON orders (seen);",
            Facts = new LintFacts { ServerVersion = 140002 },
            Check = s => s.Facts.ServerVersion is >= 140000 and <= 140003 && s.Statement is Statement.CreateIndex { Concurrently: true } or Statement.Reindex { Concurrently: true }
                && s.Facts.ServerVersion is >= 140000 and <= 140003
                ? [new Hit("This server can build the index without some of the rows.")]
                : [],
        },
    ];

    private static string OnPartitions(Scene s, Statement.CreateIndex index)
    {
        var columns = string.Join(", ", index.Parts.Items.Select(p => p.Text.Text));
        var name = index.Name ?? $"{index.Table.Name}_idx";
        var parts = s.Before.PartitionsOf(KnownSchema.KeyOf(index.Table)).Select(p => p.Key).DefaultIfEmpty("PARTITION")
            .Select(p => $"CREATE INDEX CONCURRENTLY {SqlName.Of($"{p}_{name}")} ON {Scene.Sql(p)} ({columns});\nALTER INDEX {SqlName.Of(name)} ATTACH PARTITION {SqlName.Of($"{p}_{name}")};");
        return $"CREATE INDEX {SqlName.Of(name)} ON ONLY {Scene.Sql(index.Table)} ({columns});\n{string.Join('\n', parts)}";
    }

    private static bool IsUniqueAlready(Relation? table, Statement.CreateIndex index) =>
        table?.Indexes.Exists(i => i is { Unique: true, Partial: false } && i.Columns.Items.All(c => c is not null && index.Parts.Items.Any(p => p.Column == c))) is true;

    private static string Duplicates(Statement.CreateIndex index)
    {
        var columns = string.Join(", ", index.Parts.Items.Select(p => p.Column is { } c ? SqlName.Of(c) : p.Text.Text));
        return $"SELECT {columns}, count(*) FROM {Scene.Sql(index.Table)}{(index.Where is { } where ? $" WHERE {where.Text}" : "")} GROUP BY {columns} HAVING count(*) > 1;";
    }

    private static IEnumerable<Hit> Superfluous(Scene s, Statement.CreateIndex index)
    {
        var table = KnownSchema.KeyOf(index.Table);
        var columns = index.Parts.Items.Select(p => p.Column).ToList();
        if (!index.Unique && columns.Count > MostColumns)
        {
            yield return new Hit($"An index over {columns.Count} columns.");
        }

        if (s.Before.Find(table) is not { } known)
        {
            yield break;
        }

        // An operator class, an order or another method makes it an index for other questions.
        var plain = index.Parts.Items.All(p => p.Text.Words.Count == 1) && index.Method is null or "btree";
        if (plain && !index.Unique && columns.TrueForAll(c => c is not null) && known.Indexes.Find(i => !i.Partial && i.Columns.Items.Take(columns.Count).SequenceEqual(columns)) is { } longer)
        {
            yield return new Hit($"{longer.Name} begins with the same columns.");
        }

        if (plain && known.Indexes.Find(i => i is { Partial: false, Unique: false } && i.Columns.Count < columns.Count && i.Columns.Items.All(c => c is not null) && columns.Take(i.Columns.Count).SequenceEqual(i.Columns.Items)) is { } shorter)
        {
            yield return new Hit($"It makes {shorter.Name} needless.", null, $"DROP INDEX CONCURRENTLY {SqlName.Of(shorter.Name)};");
        }

        if (known.Indexes.Count >= MostIndexes)
        {
            yield return new Hit($"{table} has {known.Indexes.Count} indexes already.");
        }
    }

    private static IEnumerable<(string Table, string[] Columns)> Foreign(Scene s)
    {
        var added = s.Statement is Statement.CreateTable create
            ? create.Constraints.Items.Concat(create.Columns.Items.SelectMany(c => c.Constraints.Items)).Select(c => (KnownSchema.KeyOf(create.Name), c))
            : s.Actions<AlterAction.AddConstraint>().Select(a => (a.Table, a.Action.Constraint))
                .Concat(s.Actions<AlterAction.AddColumn>().SelectMany(a => a.Action.Column.Constraints.Items.Select(c => (a.Table, c))));
        return added.Where(a => a.Item2.Kind is ConstraintKind.ForeignKey).Select(a => (a.Item1, a.Item2.Columns.Items.ToArray()));
    }

    private static bool Begins(KnownIndex index, string[] columns) =>
        !index.Partial && index.Columns.Count >= columns.Length && index.Columns.Items.Take(columns.Length).ToHashSet().SetEquals(columns);
}
