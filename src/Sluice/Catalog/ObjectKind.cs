namespace Sluice.Catalog;

/// <summary>
/// Everything PostgreSQL has, in the order in which things that do not need each other are made. The first few are what
/// the schema language says; they are named by dependencies only, unless they are more than it can say (a deferrable key,
/// an index over an expression).
/// </summary>
public enum ObjectKind
{
    Schema,
    Extension,
    Enum,
    Table,
    Column,

    Collation,
    CompositeType,
    Domain,
    RangeType,
    Sequence,
    Function,
    Procedure,
    Aggregate,
    DomainCheck,
    Operator,
    Cast,

    /// <summary>`PARTITION BY …` of a table.</summary>
    PartitionKey,
    GeneratedColumn,

    /// <summary>A column whose type is a domain; the language sees the type below it.</summary>
    DomainColumn,
    ColumnCollation,
    ColumnStorage,
    ColumnCompression,
    ColumnStatistics,
    ColumnOptions,
    Identity,

    /// <summary>Options of the sequence behind a SERIAL column, where they are not the usual ones.</summary>
    SequenceOptions,
    SequenceOwner,
    Partition,
    Inheritance,
    Unlogged,
    TableOptions,

    PrimaryKey,
    UniqueConstraint,
    Index,
    IndexOptions,
    Check,
    Exclusion,
    ForeignKey,
    Clustering,
    ReplicaIdentity,
    Statistics,

    View,
    MaterializedView,
    Rule,
    RuleState,
    Trigger,

    /// <summary>Whether a trigger fires, where that is not "always but on a replica".</summary>
    TriggerState,
    Policy,
    RowSecurity,
    ForcedRowSecurity,
    EventTrigger,
    EventTriggerState,
    Publication,

    Comment,

    /// <summary>Rights that somebody has beyond what everybody has by default.</summary>
    Grant,

    /// <summary>Rights that everybody has by default, and here has not.</summary>
    Revoke,
    DefaultGrant,
    DefaultRevoke,
}
