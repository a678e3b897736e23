using Sluice.Catalog;
using Sluice.Lint.Statements;

namespace Sluice.Lint.Known;

internal sealed partial class KnownSchema
{
    private void Alter(Statement.AlterRelation alter)
    {
        if (alter.Kind is RelationKind.Index or RelationKind.Sequence)
        {
            if (alter.Kind is RelationKind.Index && alter.Actions.Items is [AlterAction.RenameTo rename] && TableOfIndex(alter.Name) is { } owner
                && owner.Indexes.Find(i => i.Name == alter.Name.Name) is { } index)
            {
                RemoveIndex(owner, index.Name);
                AddIndex(owner, index with { Name = rename.To });
            }

            return;
        }

        var table = Mention(alter.Name);
        foreach (var action in alter.Actions)
        {
            Apply(table, action);
        }
    }

    private void Apply(Relation table, AlterAction action)
    {
        switch (action)
        {
            case AlterAction.AddColumn add when !add.IfNotExists || table.Column(add.Column.Name) is null:
                AddColumn(table, add.Column);
                break;
            case AlterAction.DropColumn drop:
                DropColumn(table, drop.Column);
                break;
            case AlterAction.SetType type:
                Link('t', TypeKey(type.Type.Name), table.Key);
                Change(table, type.Column, c => c with { Type = type.Type });
                break;
            case AlterAction.SetDefault set:
                Change(table, set.Column, c => c with { HasDefault = !set.Value.IsNull });
                break;
            case AlterAction.DropDefault drop:
                Change(table, drop.Column, c => c with { HasDefault = false });
                break;
            case AlterAction.SetNotNull set:
                Change(table, set.Column, c => c with { NotNull = true });
                break;
            case AlterAction.DropNotNull drop:
                Change(table, drop.Column, c => c with { NotNull = false });
                break;
            case AlterAction.AddConstraint add:
                AddConstraint(table, add.Constraint);
                break;
            case AlterAction.ValidateConstraint validate:
                Validate(table, validate.Name);
                break;
            case AlterAction.DropConstraint drop:
                table.Constraints.RemoveAll(c => c.Name == drop.Name);
                RemoveIndex(table, drop.Name);
                break;
            case AlterAction.RenameColumn rename:
                RenameColumn(table, rename);
                break;
            case AlterAction.RenameConstraint rename:
                var at = table.Constraints.FindIndex(c => c.Name == rename.From);
                if (at >= 0)
                {
                    table.Constraints[at] = table.Constraints[at] with { Name = rename.To };
                }

                if (table.Indexes.Find(i => i.Name == rename.From) is { } index)
                {
                    RemoveIndex(table, rename.From);
                    AddIndex(table, index with { Name = rename.To });
                }

                break;
            case AlterAction.RenameTo rename:
                Move(table, table.Name with { Name = rename.To });
                break;
            case AlterAction.SetSchema set:
                Move(table, table.Name with { Schema = set.Schema });
                break;
            case AlterAction.Attach attach:
                var part = Mention(attach.Partition);
                (part.Parent, part.IsDefault) = (table.Key, attach.IsDefault);
                Link('p', table.Key, KeyOf(attach.Partition));
                break;
            case AlterAction.Inherit inherit:
                Link('i', KeyOf(inherit.Parent), table.Key);
                break;
            case AlterAction.ReplicaIdentity identity:
                table.ReplicaIndex = identity.Index;
                if (identity.Index is { } replicated)
                {
                    replicaIndexes[replicated] = table.Key;
                }

                break;
            case AlterAction.RowSecurity { How: "ENABLE" }:
                table.RowSecurity = true;
                break;
            case AlterAction.Detach detach:
                Mention(detach.Partition).Parent = null;
                break;
        }
    }

    private void DropColumn(Relation table, string column)
    {
        table.Columns.RemoveAll(c => c.Name == column);
        table.Constraints.RemoveAll(c => c.Columns.Items.Contains(column) || (c.Check?.Words.Items.Contains(column) ?? false));
        foreach (var index in table.Indexes.Where(i => i.Uses(column)).Select(i => i.Name).ToList())
        {
            RemoveIndex(table, index);
        }
    }

    private static void Validate(Relation table, string constraint)
    {
        var at = table.Constraints.FindIndex(c => c.Name == constraint);
        if (at < 0)
        {
            return;
        }

        table.Constraints[at] = table.Constraints[at] with { Valid = true };
        if (table.Constraints[at] is { Kind: ConstraintKind.NotNull } valid)
        {
            foreach (var column in valid.Columns)
            {
                Change(table, column, c => c with { NotNull = true });
            }
        }
    }

    private static void RenameColumn(Relation table, AlterAction.RenameColumn rename)
    {
        string Renamed(string name) => name == rename.From ? rename.To : name;
        Change(table, rename.From, c => c with { Name = rename.To });
        for (var i = 0; i < table.Constraints.Count; i++)
        {
            table.Constraints[i] = table.Constraints[i] with { Columns = [.. table.Constraints[i].Columns.Items.Select(Renamed)] };
        }

        for (var i = 0; i < table.Indexes.Count; i++)
        {
            table.Indexes[i] = table.Indexes[i] with { Columns = [.. table.Indexes[i].Columns.Items.Select(c => c is null ? null : Renamed(c))] };
        }
    }

    private void Move(Relation table, ObjectName to)
    {
        var (from, key) = (table.Key, KeyOf(to));
        Remove(from);
        var moved = new Relation(key, to, table.Kind)
        {
            New = table.New, Whole = table.Whole, Partitioned = table.Partitioned, Parent = table.Parent, IsDefault = table.IsDefault, Sources = table.Sources, Query = table.Query, Policies = table.Policies,
        };
        moved.Columns.AddRange(table.Columns);
        moved.Constraints.AddRange(table.Constraints);
        moved.Triggers.UnionWith(table.Triggers);
        foreach (var type in moved.Columns.Select(c => c.Type).OfType<SqlType>())
        {
            Link('t', TypeKey(type.Name), key);
        }

        relations[key] = moved;
        NoteName(moved);
        foreach (var index in table.Indexes)
        {
            AddIndex(moved, index);
        }

        foreach (var other in Referencing(from).Append(moved).ToList())
        {
            for (var i = 0; i < other.Constraints.Count; i++)
            {
                if (other.Constraints[i].References == from)
                {
                    other.Constraints[i] = other.Constraints[i] with { References = key };
                }
            }

            Link('r', key, other.Key == from ? key : other.Key);
        }

        foreach (var target in moved.Constraints.Select(c => c.References).OfType<string>().Where(t => t != key).ToList())
        {
            Link('r', target, key);
        }

        foreach (var partition in PartitionsOf(from).ToList())
        {
            partition.Parent = key;
            Link('p', key, partition.Key);
        }
    }
}
