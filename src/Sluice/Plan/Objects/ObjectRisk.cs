using Sluice.Catalog;
using static Sluice.Catalog.ObjectKind;

namespace Sluice.Plan.Objects;

/// <summary>What making, altering and dropping an object locks and can hurt.</summary>
internal static class ObjectRisk
{
    public static LockLevel Lock(ObjectKind kind) => kind switch
    {
        Collation or CompositeType or Domain or DomainCheck or RangeType or ObjectKind.Sequence or SequenceOptions or ObjectKind.SequenceOwner or Function or Procedure
            or Aggregate or Operator or Cast or ObjectKind.View or MaterializedView or EventTrigger or EventTriggerState or Publication
            or Comment or Grant or Revoke or DefaultGrant or DefaultRevoke => LockLevel.None,
        ObjectKind.Index => LockLevel.Share,
        Trigger or ObjectKind.ForeignKey => LockLevel.ShareRowExclusive,
        ObjectKind.Statistics or ColumnStatistics or TableOptions or IndexOptions or Clustering => LockLevel.ShareUpdateExclusive,
        _ => LockLevel.AccessExclusive,
    };

    public static Hazards OfCreating(SqlObject made) => made.Id.Kind switch
    {
        ObjectKind.Index => Hazards.BlocksWrites | (made.Definition.StartsWith("CREATE UNIQUE", StringComparison.Ordinal) ? Hazards.CanFail : Hazards.None),
        ObjectKind.PrimaryKey or UniqueConstraint or Exclusion => Hazards.CanFail | Hazards.BlocksReads,
        Check or ObjectKind.ForeignKey when made.Definition.EndsWith(" NOT VALID", StringComparison.Ordinal) => Hazards.None,
        Check => Hazards.CanFail | Hazards.BlocksReads,
        ObjectKind.ForeignKey => Hazards.CanFail | Hazards.BlocksWrites,
        DomainColumn or ColumnCollation => Hazards.RewritesTable | Hazards.CanFail,
        Unlogged => Hazards.RewritesTable,
        DomainCheck => Hazards.CanFail,
        _ => Hazards.None,
    };

    public static Hazards OfAltering(SqlObject altered) => altered.Id.Kind switch
    {
        DomainColumn or ColumnCollation => Hazards.RewritesTable | Hazards.CanFail,
        Check or ObjectKind.ForeignKey or Domain => Hazards.CanFail,
        _ => Hazards.None,
    };

    public static Hazards OfDropping(ObjectKind kind, bool again) => kind switch
    {
        Partition => Hazards.LosesData,
        MaterializedView or ObjectKind.Sequence when !again => Hazards.LosesData,
        ObjectKind.Index or ObjectKind.Statistics or UniqueConstraint or ObjectKind.PrimaryKey => Hazards.SlowsQueries,
        DomainColumn or ColumnCollation or Unlogged => Hazards.RewritesTable,
        _ => Hazards.None,
    };
}
