using Sluice.Catalog;
using Sluice.Lint.Statements;

namespace Sluice.Lint.Known;

internal sealed partial class KnownSchema
{
    /// <summary>What is there after the statement.</summary>
    public void Apply(Statement statement)
    {
        switch (statement)
        {
            case Statement.CreateTable create:
                Create(create);
                break;
            case Statement.CreateIndex index when index.Name is not null || index.Parts.Count > 0:
                var indexed = Mention(index.Table);
                AddIndex(indexed, new KnownIndex(index.Name ?? DefaultName(indexed, index.Parts.Items.Select(p => p.Column ?? "expr"), "idx"), [.. index.Parts.Items.Select(p => p.Column)], index.Unique)
                {
                    Partial = index.Where is not null,
                    Words = [.. (index.Where?.Words.Items ?? []).Concat(index.Parts.Items.Where(p => p.Column is null).SelectMany(p => p.Text.Words.Items))],
                });
                break;
            case Statement.CreateView view:
                var viewKey = KeyOf(view.Name);
                relations[viewKey] = new Relation(viewKey, view.Name, view.Materialized ? RelationKind.MaterializedView : RelationKind.View)
                {
                    New = !relations.TryGetValue(viewKey, out var before) || before.New,
                    Whole = true,
                    Sources = [.. view.Sources.Items.Select(KeyOf)],
                    Query = view.Body,
                };
                NoteName(relations[viewKey]);
                foreach (var source in view.Sources)
                {
                    Link('v', KeyOf(source), viewKey);
                }

                break;
            case Statement.CreateType type:
                newTypes.Add(KeyOf(type.Name));
                if (type.Labels is { } labels)
                {
                    enums[KeyOf(type.Name)] = [.. labels.Items];
                }

                break;
            case Statement.CreateDomain domain:
                domains[KeyOf(domain.Name)] = new KnownDomain(domain.Base, domain.HasConstraint);
                newTypes.Add(KeyOf(domain.Name));
                break;
            case Statement.AlterDomain { Change: DomainChange.AddConstraint or DomainChange.SetNotNull } altered when domains.TryGetValue(KeyOf(altered.Name), out var known):
                domains[KeyOf(altered.Name)] = known with { Constrained = true };
                break;
            case Statement.CreateFunction function:
                volatileFunctions[function.Name.Name] = function.Volatile;
                break;
            case Statement.CreateTrigger trigger:
                Mention(trigger.Table).Triggers.Add(trigger.Name);
                break;
            case Statement.CreatePolicy policy:
                Mention(policy.Table).Policies++;
                break;
            case Statement.AddEnumValue value when enums.TryGetValue(KeyOf(value.Type), out var list):
                list.Add(value.Value);
                break;
            case Statement.RenameEnumValue value when enums.TryGetValue(KeyOf(value.Type), out var list):
                list.Remove(value.From);
                list.Add(value.To);
                break;
            case Statement.AlterOther { Kind: "TYPE", Name: { } type, RenamedTo: { } to }:
                RenameType(type, to);
                break;
            case Statement.Setting { Name: "timezone" } zone:
                IsUtc = zone.Value.Trim('\'', ' ').ToUpperInvariant() is "UTC" or "ETC/UTC" or "GMT" or "ZULU";
                break;
            case Statement.AlterRelation alter:
                Alter(alter);
                break;
            case Statement.Drop drop:
                Drop(drop);
                break;
            case Statement.Setting { Name: "search_path" } path:
                FollowSearchPath(path.Value);
                break;
            case Statement.Query query when query.Text.Calls.Items.Contains("set_config"):
                FollowSearchPath("of which nothing is known");
                break;
            case Statement.Write:
                foreach (var filled in statement.Writes.Where(w => w is { Literal: false, Verb: not "" }).Select(w => Find(w.Table)).OfType<Relation>())
                {
                    filled.New = false;
                }

                break;
        }
    }

    private void Create(Statement.CreateTable create)
    {
        var key = KeyOf(create.Name);

        // It may be there already, and be another one than is written here.
        var mayBeThere = create.IfNotExists || (followsSearchPath && create.Name.Schema.Length == 0);
        if (mayBeThere && relations.ContainsKey(key))
        {
            return;
        }

        Remove(key);
        if (create.PartitionOf is { } of)
        {
            Link('p', KeyOf(of), key);
        }

        foreach (var inherited in create.Inherits)
        {
            Link('i', KeyOf(inherited), key);
        }

        var table = new Relation(key, create.Name, RelationKind.Table)
        {
            New = !create.Filled && !mayBeThere,
            Whole = create.Like.Count == 0 && create.Inherits.Count == 0 && create.PartitionOf is null && !create.Filled,
            Partitioned = create.Partitioned,
            Parent = create.PartitionOf is { } parent ? KeyOf(parent) : null,
            IsDefault = create.IsDefault,
        };
        relations.Add(key, table);
        NoteName(table);
        foreach (var column in create.Columns)
        {
            AddColumn(table, column);
        }

        foreach (var constraint in create.Constraints)
        {
            AddConstraint(table, constraint);
        }
    }

    private void NoteName(Relation made)
    {
        if (made.Name.Schema is SqlCursor.Temporary)
        {
            temporary.Add(made.Name.Name);
        }
        else if (made.New && made.Name.Schema is "" or "public")
        {
            newInFirstSchema.Add(made);
        }
    }

    private void FollowSearchPath(string value)
    {
        followsSearchPath = value.Trim('\'', '"', ' ').ToUpperInvariant() is not ("PUBLIC" or "DEFAULT");
        if (followsSearchPath)
        {
            newInFirstSchema.ForEach(t => t.New = false);
            newInFirstSchema.Clear();
        }
    }

    private void AddColumn(Relation table, ColumnDefinition column)
    {
        if (table.Columns.Count >= MostRemembered)
        {
            return;
        }

        Link('t', TypeKey(column.Type.Name), table.Key);
        table.Columns.RemoveAll(c => c.Name == column.Name);
        table.Columns.Add(new KnownColumn(column.Name, column.Type)
        {
            NotNull = column.NotNull || column.Type.IsSerial,
            HasDefault = column.Default is { IsNull: false } || column.Type.IsSerial || column.Identity,
            Generated = column.Generated,
        });
        foreach (var constraint in column.Constraints)
        {
            AddConstraint(table, constraint);
        }
    }

    private void AddConstraint(Relation table, ConstraintDefinition added)
    {
        var name = added.Name ?? added.UsingIndex ?? DefaultName(table, added.Kind is ConstraintKind.PrimaryKey ? [] : added.Columns.Items, added.Kind switch
        {
            ConstraintKind.PrimaryKey => "pkey",
            ConstraintKind.Unique => "key",
            ConstraintKind.ForeignKey => "fkey",
            ConstraintKind.Exclude => "excl",
            ConstraintKind.NotNull => "not_null",
            _ => "check",
        });
        if (table.Constraints.Count >= MostRemembered)
        {
            return;
        }

        var columns = added.Columns;
        if (added.UsingIndex is { } used && table.Indexes.Find(i => i.Name == used) is { } index)
        {
            columns = [.. index.Columns.Items.OfType<string>()];
            RemoveIndex(table, used);
        }

        table.Constraints.Add(new KnownConstraint(name, added.Kind)
        {
            Columns = columns, Check = added.Check, References = added.References is { } other ? KeyOf(other) : null, Valid = !added.NotValid, Cascades = added.Cascades,
        });
        if (added.References is { } target)
        {
            Link('r', KeyOf(target), table.Key);
        }

        if (added.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique or ConstraintKind.Exclude)
        {
            AddIndex(table, new KnownIndex(name, [.. columns.Items], added.Kind is not ConstraintKind.Exclude) { OfConstraint = true });
        }

        if (added.Kind is ConstraintKind.PrimaryKey || added is { Kind: ConstraintKind.NotNull, NotValid: false })
        {
            foreach (var column in columns)
            {
                Change(table, column, c => c with { NotNull = true });
            }
        }
    }

    private static string DefaultName(Relation table, IEnumerable<string> columns, string suffix) => string.Join('_', columns.Prepend(table.Name.Name).Append(suffix));

    private static void Change(Relation table, string column, Func<KnownColumn, KnownColumn> change)
    {
        var at = table.Columns.FindIndex(c => c.Name == column);
        if (at >= 0)
        {
            table.Columns[at] = change(table.Columns[at]);
        }
        else if (table.Columns.Count < MostRemembered)
        {
            table.Columns.Add(change(new KnownColumn(column, null)));
        }
    }

    private void RenameType(ObjectName type, string to)
    {
        var (from, key) = (KeyOf(type), KeyOf(type with { Name = to }));
        if (enums.Remove(from, out var labels))
        {
            enums[key] = labels;
        }

        if (newTypes.Remove(from))
        {
            newTypes.Add(key);
        }

        foreach (var table in Using(type).ToList())
        {
            foreach (var column in table.Columns.Where(c => c.Type is { } t && TypeKey(t.Name) == from).Select(c => c.Name).ToList())
            {
                Change(table, column, c => c with { Type = c.Type! with { Name = key } });
            }
        }
    }

    private void Drop(Statement.Drop drop)
    {
        foreach (var name in drop.Names)
        {
            var key = KeyOf(name);
            switch (drop.Kind)
            {
                case "TABLE" or "VIEW" or "MATERIALIZED VIEW" or "FOREIGN TABLE":
                    Remove(key);
                    break;
                case "INDEX" when TableOfIndex(name) is { } table:
                    RemoveIndex(table, name.Name);
                    break;
                case "SCHEMA":
                    foreach (var inside in relations.Values.Where(r => r.Name.Schema == name.Name).Select(r => r.Key).ToList())
                    {
                        Remove(inside);
                    }

                    break;
                case "TYPE":
                    enums.Remove(key);
                    newTypes.Remove(key);
                    break;
                case "DOMAIN":
                    domains.Remove(key);
                    break;
                case "TRIGGER" when drop.On is { } on && Find(on) is { } triggered:
                    triggered.Triggers.Remove(name.Name);
                    break;
                case "POLICY" when drop.On is { } on && Find(on) is { } guarded:
                    guarded.Policies--;
                    break;
            }
        }
    }
}
