using Sluice.Catalog;
using static Sluice.Catalog.ObjectKind;

namespace Sluice.Plan.Objects;

/// <summary>Whether PostgreSQL can change an object as it stands, so that what depends on it need not go. How, the writer knows.</summary>
internal static class InPlace
{
    public static bool IsPossible(SqlObject from, SqlObject to, Database before, Database after) => to.Id.Kind switch
    {
        // What is taken back is taken back from the columns too; then these must be given again.
        Grant => !from.Definition.Split(", ").Except(to.Definition.Split(", "), StringComparer.Ordinal).Any(),
        Comment or Revoke or DefaultGrant or DefaultRevoke
            or ColumnStorage or ColumnCompression or ColumnStatistics or ColumnOptions or TableOptions or IndexOptions or DomainColumn or ColumnCollation
            or ObjectKind.Sequence or SequenceOptions or ObjectKind.SequenceOwner or Identity
            or Clustering or ReplicaIdentity or TriggerState or RuleState or EventTriggerState or Rule => true,
        // What it is called with and what it returns.
        Function or Procedure => Lines(from).Take(2).SequenceEqual(Lines(to).Take(2)),
        Trigger => !IsConstraint(from) && !IsConstraint(to),
        Domain => Lines(from)[0] == Lines(to)[0],
        ObjectKind.View => HasColumnsOf(from.Id, before, after),
        CompositeType => KeepsOrder(Lines(from), Lines(to)),
        Partition => Lines(from).Skip(2).SequenceEqual(Lines(to).Skip(2)),
        Publication => IsOfTables(from) && IsOfTables(to),
        Check or ObjectKind.ForeignKey => from.Definition == to.Definition + " NOT VALID",
        _ => false,
    };

    private static string[] Lines(SqlObject item) => item.Definition.Split('\n');

    private static bool IsConstraint(SqlObject trigger) => trigger.Definition.StartsWith("CREATE CONSTRAINT", StringComparison.Ordinal);

    private static bool IsOfTables(SqlObject publication) => publication.Definition.StartsWith("FOR TABLE", StringComparison.Ordinal);

    /// <summary>Columns may be added at the end; nothing else about them may change.</summary>
    private static bool HasColumnsOf(ObjectId view, Database before, Database after) =>
        (Columns(view, before), Columns(view, after)) is ({ } previous, { } next) && next.Take(previous.Length).SequenceEqual(previous);

    private static (string, ColumnType, Syntax.FieldArity)[]? Columns(ObjectId view, Database database) =>
        database.Views.Items.FirstOrDefault(v => v.Name == new ObjectName(view.Schema, view.Name))?.Columns.Items.Select(c => (c.Name, c.Type, c.Arity)).ToArray();

    /// <summary>New attributes can only be put at the end.</summary>
    private static bool KeepsOrder(string[] from, string[] to)
    {
        var (previous, next) = (from.Select(AttributeName).ToArray(), to.Select(AttributeName).ToArray());
        return next.SequenceEqual([.. previous.Where(next.Contains), .. next.Where(n => !previous.Contains(n))]);
    }

    private static string AttributeName(string line) => line[..(line.IndexOf("\" ", StringComparison.Ordinal) + 1)];
}
