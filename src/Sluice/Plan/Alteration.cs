using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Model;
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
        /// <summary>What it held was computed, and it comes back once what it stands in the way of is done.</summary>
        public bool Again { get; init; }

        public override Hazards Hazards => Again ? Hazards.None : Hazards.LosesData;
    }

    public sealed record AddColumn(Column Column) : Alteration
    {
        public override Hazards Hazards => Column switch
        {
            _ when IsRequiredWithoutDefault => Hazards.CanFail,
            // A constant is kept beside the table; an expression may give each row another value.
            { AutoIncrement: true } or { Generated: not null } or { Default: ColumnDefault.Expression { Sql: not null } } => Hazards.RewritesTable,
            _ => Hazards.None,
        };

        /// <summary>Rows that exist have no value for it.</summary>
        public bool IsRequiredWithoutDefault => Column is { Arity: FieldArity.Required, Default: null, Generated: null };
    }

    public sealed record AlterColumn(Column From, Column To, ColumnDifference Difference) : Alteration
    {
        public override Hazards Hazards =>
            (Difference.Type is null || KeepsRows ? Hazards.None : Hazards.RewritesTable)
            | (Difference.Type is TypeCast.Risky ? Hazards.LosesData | Hazards.CanFail : Hazards.None)
            | (Difference.Arity && To.Arity is FieldArity.Required ? Hazards.CanFail | Hazards.BlocksReads : Hazards.None)
            | (Difference.Arity && To.Arity is FieldArity.List ? Hazards.CanFail | Hazards.RewritesTable : Hazards.None);

        /// <summary>PostgreSQL knows that nothing has to be touched: a text may be longer than before.</summary>
        private bool KeepsRows => Difference.Type is TypeCast.Safe && (From.Type, To.Type) is
            (ColumnType.Native { Type.Kind: NativeKind.VarChar }, ColumnType.Native { Type.Kind: NativeKind.VarChar or NativeKind.Text })
            or (ColumnType.Native { Type.Kind: NativeKind.Text }, ColumnType.Native { Type: { Kind: NativeKind.VarChar, First: null } });
    }

    /// <summary>No cast exists: the column goes, and comes back empty, or with values computed from others.</summary>
    public sealed record RecreateColumn(Column From, Column To, ColumnDifference Difference) : Alteration
    {
        /// <summary>What it held was computed, and what it will hold is.</summary>
        public bool KeepsNothingOfItsOwn => From.IsComputed && To.IsComputed;

        public override Hazards Hazards => KeepsNothingOfItsOwn ? Hazards.RewritesTable : To is { Arity: FieldArity.Required, Default: null, Generated: null }
            ? Hazards.LosesData | Hazards.CanFail
            : Hazards.LosesData;
    }
}
