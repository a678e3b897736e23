using Sluice.Catalog;

namespace Sluice.Lint.Statements;

/// <summary>One action of an ALTER TABLE (VIEW, INDEX …).</summary>
internal abstract record AlterAction
{
    private AlterAction()
    {
    }

    public sealed record AddColumn(ColumnDefinition Column, bool IfNotExists) : AlterAction;

    public sealed record DropColumn(string Column, bool IfExists, bool Cascade) : AlterAction;

    public sealed record SetType(string Column, SqlType Type, Expression? Using, string? Collation) : AlterAction;

    public sealed record SetDefault(string Column, Expression Value) : AlterAction;

    public sealed record DropDefault(string Column) : AlterAction;

    public sealed record SetNotNull(string Column) : AlterAction;

    public sealed record DropNotNull(string Column) : AlterAction;

    /// <summary>SET STATISTICS, SET (…), RESET (…): weak locks.</summary>
    public sealed record SetColumnOption(string Column) : AlterAction;

    /// <summary>SET STORAGE, SET COMPRESSION.</summary>
    public sealed record SetStorage(string Column) : AlterAction;

    /// <summary>ADD, SET or DROP of an identity; no row is touched.</summary>
    public sealed record SetIdentity(string Column) : AlterAction;

    /// <summary>SET EXPRESSION of a generated column: rewrites.</summary>
    public sealed record SetExpression(string Column) : AlterAction;

    public sealed record DropExpression(string Column) : AlterAction;

    public sealed record AddConstraint(ConstraintDefinition Constraint) : AlterAction;

    public sealed record ValidateConstraint(string Name) : AlterAction;

    public sealed record DropConstraint(string Name, bool IfExists, bool Cascade) : AlterAction;

    public sealed record AlterConstraint(string Name) : AlterAction;

    public sealed record RenameColumn(string From, string To) : AlterAction;

    public sealed record RenameConstraint(string From, string To) : AlterAction;

    public sealed record RenameTo(string To) : AlterAction;

    public sealed record SetSchema(string Schema) : AlterAction;

    /// <summary>SET (…), RESET (…), CLUSTER ON, SET WITHOUT CLUSTER: weak locks.</summary>
    public sealed record SetOption : AlterAction;

    /// <param name="What">`LOGGED`, `UNLOGGED`, `TABLESPACE`, `ACCESS METHOD`.</param>
    public sealed record SetPlace(string What) : AlterAction;

    /// <param name="Name">A trigger's, or `ALL`, `USER`.</param>
    public sealed record SwitchTrigger(string Name, bool On) : AlterAction;

    /// <param name="How">`ENABLE`, `DISABLE`, `FORCE`, `NO FORCE`.</param>
    public sealed record RowSecurity(string How) : AlterAction;

    public sealed record OwnerTo : AlterAction;

    public sealed record ReplicaIdentity(string? Index) : AlterAction;

    /// <param name="Bounds">`FOR VALUES …`.</param>
    public sealed record Attach(ObjectName Partition, bool IsDefault, Expression Bounds) : AlterAction;

    public sealed record Detach(ObjectName Partition, bool Concurrently) : AlterAction;

    public sealed record Inherit(ObjectName Parent) : AlterAction;

    /// <summary>Takes the strongest lock and touches no row: rules, the end of inheritance, types.</summary>
    public sealed record Brief(string What) : AlterAction;
}
