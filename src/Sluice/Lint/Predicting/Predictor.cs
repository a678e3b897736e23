using Sluice.Lint.Known;
using Sluice.Lint.Statements;
using Sluice.Plan;

namespace Sluice.Lint.Predicting;

/// <summary>
/// A statement and the schema that it meets, to what it will lock, rewrite, scan and rebuild, as PostgreSQL 15 was measured
/// to do. Where neither decides, the worse is assumed and said.
/// </summary>
internal static partial class Predictor
{
    private const string CannotBeTold = "what the code it runs does cannot be told from its text";

    public static Prediction Predict(Statement statement, KnownSchema known)
    {
        var tally = new Tally(known);
        Read(statement, tally);
        return tally.Sum();
    }

    private static void Read(Statement statement, Tally tally)
    {
        switch (statement)
        {
            case Statement.CreateTable create:
                Create(create, tally);
                break;
            case Statement.CreateIndex { Only: true } index when tally.Known.Find(index.Table) is { Partitioned: true }:
                tally.Lock(index.Table, LockLevel.Share);
                break;
            case Statement.CreateIndex index:
                tally.Scan(KnownSchema.KeyOf(index.Table), index.Concurrently ? LockLevel.ShareUpdateExclusive : LockLevel.Share);
                break;
            case Statement.CreateView view:
                if (view.OrReplace)
                {
                    tally.Lock(tally.Known.Find(view.Name) is { } replaced ? replaced.Key : KnownSchema.KeyOf(view.Name), LockLevel.AccessExclusive);
                }

                Reads(view.Sources, tally);
                break;
            case Statement.CreateTrigger trigger:
                tally.LockWhole(KnownSchema.KeyOf(trigger.Table), LockLevel.ShareRowExclusive);
                break;
            case Statement.CreatePolicy policy:
                tally.Lock(policy.Table, LockLevel.AccessExclusive);
                break;
            case Statement.CreateRule rule:
                tally.Lock(rule.Table, LockLevel.AccessExclusive);
                break;
            case Statement.CreateStatistics { Table: { } table }:
                tally.Lock(table, LockLevel.ShareUpdateExclusive);
                break;
            case Statement.CreatePublication publication:
                foreach (var table in publication.Tables)
                {
                    tally.Lock(table, LockLevel.ShareUpdateExclusive);
                }

                break;
            case Statement.AlterRelation alter:
                Alter(alter, tally);
                break;
            case Statement.AlterDomain { Change: DomainChange.AddConstraint { NotValid: false } or DomainChange.SetNotNull or DomainChange.Validate } domain:
                foreach (var table in tally.Known.Using(domain.Name).ToList())
                {
                    tally.Scan(table.Key, LockLevel.Share);
                }

                break;
            case Statement.AlterOther { On: { } on }:
                tally.Lock(on, LockLevel.AccessExclusive);
                break;
            case Statement.Drop { Kind: "OWNED" }:
                tally.Unclear = "what the role owns is not known";
                break;
            case Statement.Drop drop:
                Drop(drop, tally);
                break;
            case Statement.Reindex reindex:
                Reindex(reindex, tally);
                break;
            case Statement.Refresh refresh:
                Refresh(refresh, tally);
                break;
            case Statement.Cluster { Name: { } table }:
                tally.Rewrite(KnownSchema.KeyOf(table));
                break;
            case Statement.Vacuum vacuum:
                foreach (var table in vacuum.Names)
                {
                    if (vacuum.Full)
                    {
                        tally.Rewrite(KnownSchema.KeyOf(table));
                    }
                    else
                    {
                        tally.Scan(KnownSchema.KeyOf(table), LockLevel.ShareUpdateExclusive);
                    }
                }

                break;
            case Statement.Analyze analyze:
                foreach (var table in analyze.Names)
                {
                    tally.LockWhole(KnownSchema.KeyOf(table), LockLevel.ShareUpdateExclusive);
                }

                break;
            case Statement.Truncate truncate:
                Truncate(truncate, tally);
                break;
            case Statement.LockTable held:
                foreach (var table in held.Names)
                {
                    tally.LockWhole(KnownSchema.KeyOf(table), held.Level);
                }

                break;
            case Statement.Comment { Kind: "TABLE" or "COLUMN", Name.Name.Length: > 0 } comment:
                tally.Lock(comment.Name, LockLevel.ShareUpdateExclusive);
                break;
            case Statement.Write:
                foreach (var write in statement.Writes)
                {
                    Write(write, tally);
                }

                break;
            case Statement.Query query:
                Reads(query.Sources, tally);
                break;
            case Statement.Block or Statement.Call:
                tally.Unclear = CannotBeTold;
                break;
            case Statement.Unknown unknown:
                tally.Unclear = $"it could not be read beyond {unknown.At}";
                break;
        }
    }

    private static void Write(Statement.Write write, Tally tally)
    {
        switch (write.Verb)
        {
            case "UPDATE" or "DELETE":
                tally.Scan(KnownSchema.KeyOf(write.Table), LockLevel.RowExclusive);
                break;
            case "":
                tally.Lock(write.Table, LockLevel.AccessShare);
                break;
            default:
                tally.Lock(write.Table, LockLevel.RowExclusive);
                break;
        }

        Reads(write.Sources, tally);
    }

    private static void Reads(IEnumerable<Catalog.ObjectName> sources, Tally tally)
    {
        foreach (var source in sources)
        {
            tally.Lock(source, LockLevel.AccessShare);
        }
    }

    private static void Create(Statement.CreateTable create, Tally tally)
    {
        var made = KnownSchema.KeyOf(create.Name);
        if (create.PartitionOf is { } parent)
        {
            tally.Lock(parent, LockLevel.AccessExclusive);
            CheckDefault(KnownSchema.KeyOf(parent), made, tally);
        }

        foreach (var referenced in create.Constraints.Items.Concat(create.Columns.Items.SelectMany(c => c.Constraints.Items)).Select(c => c.References))
        {
            if (referenced is { } other && KnownSchema.KeyOf(other) != made)
            {
                tally.Lock(other, LockLevel.ShareRowExclusive);
            }
        }

        Reads(create.Like, tally);
        foreach (var inherited in create.Inherits)
        {
            tally.Lock(inherited, LockLevel.ShareUpdateExclusive);
        }

        Reads(create.Sources, tally);
    }

    private static void Drop(Statement.Drop drop, Tally tally)
    {
        if (drop.On is { } on)
        {
            tally.Lock(on, LockLevel.AccessExclusive);
            return;
        }

        foreach (var name in drop.Names)
        {
            switch (drop.Kind)
            {
                case "TABLE" or "VIEW" or "MATERIALIZED VIEW" or "FOREIGN TABLE":
                    DropRelation(KnownSchema.KeyOf(name), drop.Cascade, tally);
                    break;
                case "INDEX" when tally.Known.TableOfIndex(name) is { } table:
                    tally.Lock(table.Key, drop.Concurrently ? LockLevel.ShareUpdateExclusive : LockLevel.AccessExclusive);
                    break;
                case "INDEX":
                    tally.Unclear = $"the table of index {name.Name} is not known";
                    break;
                case "SCHEMA" when drop.Cascade:
                    foreach (var inside in tally.Known.Relations.Where(r => r.Name.Schema == name.Name).ToList())
                    {
                        tally.Lock(inside.Key, LockLevel.AccessExclusive);
                    }

                    break;
            }
        }
    }

    // The triggers of a foreign key live on both of its tables.
    private static void DropRelation(string key, bool cascade, Tally tally)
    {
        var known = tally.Known.Find(key);
        tally.Lock(key, LockLevel.AccessExclusive);
        if (known is { Parent: { } parent })
        {
            // The parent forgets it, and what the default partition may hold changes.
            tally.Lock(parent, LockLevel.AccessExclusive);
            if (tally.Known.DefaultPartitionOf(parent) is { } other)
            {
                tally.Lock(other.Key, LockLevel.AccessExclusive);
            }
        }

        if (known is { Partitioned: true })
        {
            tally.LockWhole(key, LockLevel.AccessExclusive);
        }

        foreach (var referenced in known?.Constraints.Select(c => c.References).OfType<string>() ?? [])
        {
            tally.Lock(referenced, LockLevel.AccessExclusive);
        }

        if (!cascade)
        {
            return;
        }

        foreach (var dependent in tally.Known.Referencing(key).Concat(tally.Known.ViewsOn(key)).ToList())
        {
            tally.Lock(dependent.Key, LockLevel.AccessExclusive);
        }
    }

    private static void Reindex(Statement.Reindex reindex, Tally tally)
    {
        var level = reindex.Concurrently ? LockLevel.ShareUpdateExclusive : LockLevel.Share;
        if (reindex.Kind is "INDEX" && tally.Known.TableOfIndex(reindex.Name) is { } owner)
        {
            tally.Scan(owner.Key, level);
            tally.Rebuild([reindex.Name.Name]);
        }
        else if (reindex.Kind is "TABLE")
        {
            tally.Scan(KnownSchema.KeyOf(reindex.Name), level);
            tally.Rebuild(tally.Known.Find(reindex.Name)?.Indexes.Select(i => i.Name) ?? []);
        }
        else
        {
            tally.Unclear = reindex.Kind is "INDEX" ? $"the table of index {reindex.Name.Name} is not known" : "it goes over every table";
        }
    }

    private static void Refresh(Statement.Refresh refresh, Tally tally)
    {
        var view = KnownSchema.KeyOf(refresh.Name);
        if (refresh.Concurrently)
        {
            tally.Scan(view, LockLevel.Exclusive);
        }
        else
        {
            tally.Rewrite(view);
        }

        foreach (var source in tally.Known.Find(view)?.Sources ?? [])
        {
            tally.Scan(source, LockLevel.AccessShare);
        }
    }

    private static void Truncate(Statement.Truncate truncate, Tally tally)
    {
        var (next, seen) = (new Queue<string>(truncate.Names.Items.Select(KnownSchema.KeyOf)), new HashSet<string>(StringComparer.Ordinal));
        while (next.TryDequeue(out var table))
        {
            if (!seen.Add(table))
            {
                continue;
            }

            tally.Empty(table);
            foreach (var child in (truncate.Cascade ? tally.Known.Referencing(table) : []).Concat(tally.Known.InheritorsOf(table)).Select(t => t.Key).ToList())
            {
                next.Enqueue(child);
            }
        }
    }
}
