using Sluice.Catalog;

namespace Sluice.Diff.Renames;

/// <summary>Objects after renames of what they are about: their own names and, where the server keeps them parsed, their definitions follow.</summary>
internal sealed class RenamedObjects(
    Database database,
    Func<ObjectName, ObjectName> table,
    Func<ObjectName, ObjectName> type,
    Func<ObjectName, ObjectName> sequence,
    Func<ObjectName, string, string> column)
{
    private readonly ILookup<ObjectId, ObjectId> needs = database.Dependencies.ToLookup(d => d.Of, d => d.On);

    /// <summary>Without comments and rights on what is renamed: they are said again under the new name.</summary>
    public IEnumerable<SqlObject> Objects => database.Objects.Items.Where(o => !IsSaidAgain(o.Id)).Select(o => new SqlObject(Of(o.Id), Definition(o)));

    public IEnumerable<Dependency> Dependencies => database.Dependencies.Items.Where(d => !IsSaidAgain(d.Of)).Select(d => d with { Of = Of(d.Of), On = Of(d.On) });

    private bool IsSaidAgain(ObjectId id) => id.Kind is ObjectKind.Comment or ObjectKind.Grant or ObjectKind.Revoke && needs[id].Any(t => Of(t) != t);

    private ObjectId Of(ObjectId id)
    {
        var name = new ObjectName(id.Schema, id.Name);
        return id.Kind switch
        {
            ObjectKind.Enum => At(id, type(name)),
            ObjectKind.Sequence or ObjectKind.SequenceOptions or ObjectKind.SequenceOwner => At(id, sequence(name)),
            ObjectKind.Column or (>= ObjectKind.GeneratedColumn and <= ObjectKind.Identity) => At(id, table(name)) with { Part = column(table(name), id.Part) },
            _ when id.IsPartOfTable => At(id, table(name)),
            _ => id,
        };
    }

    private static ObjectId At(ObjectId id, ObjectName name) => id with { Schema = name.Schema, Name = name.Name };

    // A body that is text stays what it is, whatever is renamed.
    private string Definition(SqlObject item)
    {
        if (item.Id.Kind is ObjectKind.Function or ObjectKind.Procedure)
        {
            return item.Definition;
        }

        var renamed = needs[item.Id].Append(item.Id).SelectMany(Names).Where(n => n.From != n.To).DistinctBy(n => n.From).ToDictionary(n => n.From, n => n.To, StringComparer.Ordinal);
        return renamed.Count == 0 ? item.Definition : RenamedExpression.Of(item.Definition, n => renamed.GetValueOrDefault(n, n));
    }

    private IEnumerable<(string From, string To)> Names(ObjectId id)
    {
        var now = Of(id);
        return id.Kind is ObjectKind.Column ? [(id.Name, now.Name), (id.Part, now.Part)] : [(id.Name, now.Name)];
    }
}
