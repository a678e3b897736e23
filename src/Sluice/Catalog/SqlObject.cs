namespace Sluice.Catalog;

/// <summary>
/// Something of a database that the schema language cannot say: a view, a trigger, a check, or a facet of a table or column
/// (its storage, its comment, who may read it). Two are the same when their definitions are the same text.
/// </summary>
/// <param name="Definition">
/// As the server spells it, every name with its schema: the whole CREATE statement where the server prints one, otherwise
/// what comes after the name.
/// </param>
public sealed record SqlObject(ObjectId Id, string Definition);

/// <summary>What an object is called. Parts of a table (triggers, constraints, columns …) are called by the table and their own name.</summary>
/// <param name="Schema">Empty for what lives in no schema: event triggers, publications, casts.</param>
/// <param name="Part">
/// The name within a table; the argument types of a routine or operator; for comments and rights, what they are about as
/// COMMENT ON and GRANT name it.
/// </param>
public sealed record ObjectId(ObjectKind Kind, string Schema, string Name, string Part = "")
{
    /// <summary>Called by the name of its table. A sequence, a type or a function may well be called as a table is.</summary>
    public bool IsPartOfTable => Kind is ObjectKind.Table or ObjectKind.Column
        or (>= ObjectKind.PartitionKey and <= ObjectKind.ReplicaIdentity and not (ObjectKind.SequenceOptions or ObjectKind.SequenceOwner or ObjectKind.Partition))
        or (>= ObjectKind.Rule and <= ObjectKind.ForcedRowSecurity);
}

/// <summary>One thing cannot be without another.</summary>
/// <param name="Of">What needs.</param>
/// <param name="On">What is needed.</param>
public sealed record Dependency(ObjectId Of, ObjectId On, DependencyKind Kind);

public enum DependencyKind
{
    /// <summary>It stands in the way when the other is to be dropped.</summary>
    Use,

    /// <summary>It goes with the other without a word.</summary>
    Part,
}
