using System.Diagnostics;

namespace Sluice.Introspection;

internal static class PullMessages
{
    public static string Of(PullFinding finding) => finding switch
    {
        PullFinding.WithoutIdentifier => "These models have no unique identifier of required fields, so no client can address their rows; they are ignored:",
        PullFinding.UnsupportedType => "These fields have types that the schema language does not know:",
        PullFinding.FieldCommentedOut => "These fields are commented out, because nothing of their names can stand in a schema; rename them and add `@map`:",
        PullFinding.EnumValueCommentedOut => "These enum values are commented out, because nothing of their names can stand in a schema; rename them and add `@map`:",
        PullFinding.EmptyTable => "These tables have no columns, or none that you may see; they are commented out:",
        PullFinding.ReservedName => "These models have other names than their tables, because those are reserved:",
        PullFinding.DuplicateName => "These names occur in several schemas and are told apart by the schema's name:",
        PullFinding.PartitionedTable => "These tables are partitioned, which the schema language cannot say:",
        PullFinding.InheritedTable => "Other tables inherit from these, which the schema language cannot say:",
        PullFinding.RowSecurity => "These tables have row-level security, which the schema language cannot say:",
        PullFinding.CheckConstraint => "These check constraints stay in the database alone:",
        PullFinding.ExclusionConstraint => "These exclusion constraints stay in the database alone:",
        PullFinding.DeferrableConstraint => "These constraints are deferrable, which the schema language cannot say:",
        PullFinding.ExpressionIndex => "These expression indexes stay in the database alone:",
        PullFinding.NullsOrder => "These indexes sort nulls in their own way, which the schema language cannot say:",
        PullFinding.PartialIndex => "These partial indexes stay in the database alone:",
        PullFinding.RepeatedUnique => "These unique indexes repeat another one on the same column and are left out:",
        PullFinding.GeneratedColumn => "These columns are computed by the database; a schema can only call that a default, which is not the same in a new database:",
        PullFinding.DatabaseComment => "These objects have comments in the database, which the schema language cannot say:",
        PullFinding.CopiedRelation => "Relations of these models are copied from the previous schema, since no foreign key backs them:",
        _ => throw new UnreachableException($"no message for {finding}"),
    };
}
