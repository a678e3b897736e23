using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Syntax;

namespace Sluice.Plan;

/// <summary>One clause of an <see cref="PlanStep.AlterTable"/>.</summary>
public abstract record Alteration
{
    private Alteration()
    {
    }

    public abstract Hazards Hazards { get; }

    public sealed record DropPrimaryKey(PrimaryKey Key) : Alteration
    {
        public override Hazards Hazards => Hazards.SlowsQueries;
    }

    public sealed record RenamePrimaryKey(PrimaryKey From, PrimaryKey To) : Alteration
    {
        public override Hazards Hazards => Hazards.None;
    }

    public sealed record AddPrimaryKey(PrimaryKey Key) : Alteration
    {
        public override Hazards Hazards => Hazards.CanFail | Hazards.BlocksReads;
    }

    public sealed record DropColumn(Column Column) : Alteration
    {
        public override Hazards Hazards => Hazards.LosesData;
    }

    public sealed record AddColumn(Column Column) : Alteration
    {
        public override Hazards Hazards => (IsRequiredWithoutDefault, Column.AutoIncrement) switch
        {
            (true, _) => Hazards.CanFail,
            (_, true) => Hazards.RewritesTable,
            _ => Hazards.None,
        };

        /// <summary>Rows that exist have no value for it.</summary>
        public bool IsRequiredWithoutDefault => Column is { Arity: FieldArity.Required, Default: null };
    }

    public sealed record AlterColumn(Column From, Column To, ColumnDifference Difference) : Alteration
    {
        public override Hazards Hazards =>
            (Difference.Type is not null ? Hazards.RewritesTable : Hazards.None)
            | (Difference.Type is TypeCast.Risky ? Hazards.LosesData | Hazards.CanFail : Hazards.None)
            | (Difference.Arity && To.Arity is not FieldArity.Optional ? Hazards.CanFail : Hazards.None);
    }

    /// <summary>No cast exists: the column goes, and comes back empty.</summary>
    public sealed record RecreateColumn(Column From, Column To, ColumnDifference Difference) : Alteration
    {
        public override Hazards Hazards => To is { Arity: FieldArity.Required, Default: null }
            ? Hazards.LosesData | Hazards.CanFail
            : Hazards.LosesData;
    }
}
