using Sluice.Lint.Known;
using Sluice.Lint.Statements;
using Sluice.Plan;

namespace Sluice.Lint.Predicting;

internal static partial class Predictor
{
    private static void Alter(Statement.AlterRelation alter, Tally tally)
    {
        // Of an index and a sequence only they themselves are locked.
        if (alter.Kind is RelationKind.Index or RelationKind.Sequence)
        {
            return;
        }

        var table = KnownSchema.KeyOf(alter.Name);
        var partitioned = tally.Known.Find(table) is { Partitioned: true };
        foreach (var action in alter.Actions)
        {
            Act(table, action, tally);
            foreach (var below in !alter.Only && Descends(action, partitioned) ? tally.Known.Below(table) : [])
            {
                // What is done to the rows of partitions is told with their parent already.
                if (partitioned)
                {
                    tally.Lock(below.Key, tally.LockOn(table));
                }
                else
                {
                    Act(below.Key, action, tally);
                }
            }
        }
    }

    // Partitions have their parent's constraints and triggers, inheritors its columns and checks.
    private static bool Descends(AlterAction action, bool partitioned) => action switch
    {
        AlterAction.AddColumn or AlterAction.DropColumn or AlterAction.SetType or AlterAction.SetDefault or AlterAction.DropDefault or AlterAction.SetNotNull or AlterAction.DropNotNull
            or AlterAction.SetStorage or AlterAction.RenameColumn or AlterAction.RenameConstraint or AlterAction.ValidateConstraint or AlterAction.DropConstraint or AlterAction.SetExpression => true,
        AlterAction.AddConstraint add => partitioned || add.Constraint.Kind is ConstraintKind.Check or ConstraintKind.NotNull,
        AlterAction.SwitchTrigger or AlterAction.AlterConstraint => partitioned,
        _ => false,
    };

    private static void Act(string table, AlterAction action, Tally tally)
    {
        var known = tally.Known.Find(table);
        switch (action)
        {
            case AlterAction.AddColumn add:
                AddColumn(table, add.Column, tally);
                break;
            case AlterAction.DropColumn drop:
                tally.Lock(table, LockLevel.AccessExclusive);
                foreach (var referenced in known?.Constraints.Where(c => c.Columns.Items.Contains(drop.Column)).Select(c => c.References).OfType<string>().ToList() ?? [])
                {
                    tally.Lock(referenced, LockLevel.AccessExclusive);
                }

                break;
            case AlterAction.SetType type:
                Retype(table, type, tally);
                break;
            case AlterAction.SetNotNull set when known?.Column(set.Column) is not { NotNull: true } && !(known?.ProvesNotNull(set.Column) ?? false):
                tally.Scan(table, LockLevel.AccessExclusive);
                break;
            case AlterAction.SetExpression:
                tally.Rewrite(table);
                break;
            case AlterAction.AddConstraint add:
                AddConstraint(table, add.Constraint, tally);
                break;
            case AlterAction.ValidateConstraint validate:
                Validate(table, known?.Constraints.Find(c => c.Name == validate.Name), tally);
                break;
            case AlterAction.DropConstraint drop:
                DropConstraint(table, drop, known, tally);
                break;
            case AlterAction.SetPlace:
                tally.Rewrite(table);
                break;
            case AlterAction.SetColumnOption or AlterAction.SetOption:
                tally.Lock(table, LockLevel.ShareUpdateExclusive);
                break;
            case AlterAction.SwitchTrigger:
                tally.Lock(table, LockLevel.ShareRowExclusive);
                break;
            case AlterAction.Attach attach:
                tally.Lock(table, LockLevel.ShareUpdateExclusive);
                Attach(attach, tally);
                CheckDefault(table, KnownSchema.KeyOf(attach.Partition), tally);
                break;
            case AlterAction.Inherit inherit:
                tally.Lock(table, LockLevel.AccessExclusive);
                tally.Lock(inherit.Parent, LockLevel.ShareUpdateExclusive);
                break;
            case AlterAction.Detach detach:
                // Its second transaction closes the partition, however the parent is spared.
                tally.Lock(table, detach.Concurrently ? LockLevel.ShareUpdateExclusive : LockLevel.AccessExclusive);
                tally.Lock(detach.Partition, LockLevel.AccessExclusive);
                if (tally.Known.DefaultPartitionOf(table) is { } other)
                {
                    tally.Lock(other.Key, LockLevel.AccessExclusive);
                }

                break;
            default:
                tally.Lock(table, LockLevel.AccessExclusive);
                break;
        }
    }

    // Its rows may belong into the new partition.
    private static void CheckDefault(string table, string partition, Tally tally)
    {
        if (tally.Known.DefaultPartitionOf(table) is { } other && other.Key != partition)
        {
            tally.Scan(other.Key, LockLevel.AccessExclusive);
        }
    }

    // A CHECK spares the scan when it implies the partition's own condition, which includes that the key is not null. Whether it does is
    // taken from the values that both name.
    private static void Attach(AlterAction.Attach attach, Tally tally)
    {
        var key = KnownSchema.KeyOf(attach.Partition);
        var part = tally.Known.Find(attach.Partition);
        var proven = part is not null && part.Constraints.Exists(c =>
            c is { Kind: ConstraintKind.Check, Valid: true, Check: { } check }
            && Values(attach.Bounds).All(v => Values(check).Exists(c => c.StartsWith(v, StringComparison.Ordinal) || v.StartsWith(c, StringComparison.Ordinal)))
            && part.Columns.Where(column => check.Words.Items.Contains(column.Name)).ToList() is { Count: > 0 } used
            && used.TrueForAll(column => column.NotNull || check.Canonical.Contains($"{column.Name} is not null", StringComparison.Ordinal)));
        tally.Lock(key, LockLevel.AccessExclusive);
        if (!proven)
        {
            tally.Scan(key, LockLevel.AccessExclusive);
        }
    }

    private static List<string> Values(Expression expression) =>
        [.. expression.Canonical.Split(' ').Where(w => w is ['\'' or (>= '0' and <= '9'), ..]).Select(w => w.Trim('\''))];

    private static void AddColumn(string table, ColumnDefinition column, Tally tally)
    {
        tally.Lock(table, LockLevel.AccessExclusive);
        if (RewriteOf(column, tally.Known) is { } reason)
        {
            tally.Rewrite(table);
            tally.Unclear = reason.Sure ? tally.Unclear : reason.Why;
        }
        else if (column is { NotNull: true, Default: null or { IsNull: true } })
        {
            // Nothing but an empty table passes, and whether it is empty is read.
            tally.Scan(table, LockLevel.AccessExclusive);
        }

        foreach (var constraint in column.Constraints)
        {
            if (constraint.References is { } referenced)
            {
                tally.Lock(referenced, LockLevel.ShareRowExclusive);
                if (column.Default is { IsNull: false })
                {
                    tally.Scan(table, LockLevel.AccessExclusive);
                    tally.Scan(KnownSchema.KeyOf(referenced), LockLevel.ShareRowExclusive);
                }
            }
            else
            {
                tally.Scan(table, LockLevel.AccessExclusive);
            }
        }
    }

    /// <summary>Why adding the column writes every row; null when it does not.</summary>
    public static (string Why, bool Sure)? RewriteOf(ColumnDefinition column, KnownSchema known)
    {
        if (column.Type.IsSerial || column.Identity)
        {
            return ("each row gets a number of its own", true);
        }

        if (column is { Generated: not null, Stored: true })
        {
            return ("each row's value is computed and stored", true);
        }

        if (column.Default is { } value && Volatility.Of(value, known) is { } volatility)
        {
            return volatility;
        }

        return known.Domain(column.Type.Name) is { Constrained: true } ? ($"the domain {column.Type.Name} has a constraint, which each row is held against", true) : null;
    }

    private static void AddConstraint(string table, ConstraintDefinition added, Tally tally)
    {
        if (added.References is { } referenced)
        {
            foreach (var side in new[] { table, KnownSchema.KeyOf(referenced) })
            {
                tally.Lock(side, LockLevel.ShareRowExclusive);
                if (!added.NotValid)
                {
                    tally.Scan(side, LockLevel.ShareRowExclusive);
                }
            }

            return;
        }

        tally.Lock(table, LockLevel.AccessExclusive);
        if (added.NotValid)
        {
            return;
        }

        var known = tally.Known.Find(table);
        if (added.UsingIndex is null || (added.Kind is ConstraintKind.PrimaryKey && NullableOf(added, known).Count > 0))
        {
            tally.Scan(table, LockLevel.AccessExclusive);
        }
    }

    /// <summary>Columns of a new primary key that are not yet known to be free of nulls.</summary>
    public static List<string> NullableOf(ConstraintDefinition key, Relation? table)
    {
        var columns = key.UsingIndex is { } index ? table?.Indexes.Find(i => i.Name == index)?.Columns.Items.OfType<string>() ?? [] : key.Columns.Items;
        return [.. columns.Where(c => table?.Column(c) is { NotNull: false } && !table.ProvesNotNull(c))];
    }

    private static void Validate(string table, KnownConstraint? constraint, Tally tally)
    {
        if (constraint is { Valid: true })
        {
            tally.Lock(table, LockLevel.ShareUpdateExclusive);
            return;
        }

        tally.Scan(table, LockLevel.ShareUpdateExclusive);
        if (constraint?.References is { } referenced)
        {
            tally.Scan(referenced, LockLevel.RowShare);
        }
    }

    private static void DropConstraint(string table, AlterAction.DropConstraint drop, Relation? known, Tally tally)
    {
        tally.Lock(table, LockLevel.AccessExclusive);
        if (known?.Constraints.Find(c => c.Name == drop.Name)?.References is { } referenced)
        {
            tally.Lock(referenced, LockLevel.AccessExclusive);
        }

        if (drop.Cascade && known?.Indexes.Exists(i => i.Name == drop.Name && i.OfConstraint) is true)
        {
            foreach (var child in tally.Known.Referencing(table).ToList())
            {
                tally.Lock(child.Key, LockLevel.AccessExclusive);
            }
        }
    }

    private static void Retype(string table, AlterAction.SetType change, Tally tally)
    {
        var known = tally.Known.Find(table);
        var cast = TypeChange.Of(known?.Column(change.Column)?.Type, change, tally.Known);
        if (cast.Rewrites)
        {
            tally.Rewrite(table);
            tally.Unclear = cast.Unclear ?? tally.Unclear;
            return;
        }

        // What is derived from the column is made again: its checks are held against every row, its indexes may be built.
        tally.Lock(table, LockLevel.AccessExclusive);
        tally.Unclear = cast.Unclear ?? tally.Unclear;
        if (known is not null && known.Constraints.Exists(c => c is { Valid: true, Kind: ConstraintKind.Check, Check: { } check } && check.Words.Items.Contains(change.Column)))
        {
            tally.Scan(table, LockLevel.AccessExclusive);
        }

        if (cast.ChangesOrder && known?.Indexes.Where(i => i.Uses(change.Column)).Select(i => i.Name).ToList() is { Count: > 0 } indexes)
        {
            tally.Scan(table, LockLevel.AccessExclusive);
            tally.Rebuild(indexes);
        }
    }
}
