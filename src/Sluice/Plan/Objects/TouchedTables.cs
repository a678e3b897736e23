using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Syntax;

namespace Sluice.Plan.Objects;

/// <summary>What steps do to tables, columns and keys, as far as it matters to what depends on them.</summary>
internal sealed class TouchedTables
{
    private readonly HashSet<(string Schema, string Name)> dropped;
    private readonly HashSet<(string Schema, string Name)> made;
    private readonly HashSet<ObjectId> destroyed = [];
    private readonly HashSet<ObjectId> added = [];

    public TouchedTables(ImmutableArray<PlanStep> steps)
    {
        dropped = [.. steps.OfType<PlanStep.DropTable>().Select(s => (s.Table.Name.Schema, s.Table.Name.Name))];
        made = [.. steps.OfType<PlanStep.CreateTable>().Select(s => (s.Table.Name.Schema, s.Table.Name.Name))];
        foreach (var step in steps)
        {
            Note(step);
        }
    }

    /// <summary>Columns whose type changes while they stay.</summary>
    public HashSet<ObjectId> Retyped { get; } = [];

    /// <summary>Gone after the steps, or made anew: whatever is a part of it is gone too.</summary>
    public bool Destroys(ObjectId id) => destroyed.Contains(id) || (id.IsPartOfTable && dropped.Contains((id.Schema, id.Name)));

    public bool Makes(ObjectId id) => added.Contains(id with { Kind = ObjectKind.Column }) || MakesTableOf(id);

    public bool MakesTableOf(ObjectId id) => id.IsPartOfTable && made.Contains((id.Schema, id.Name));

    private void Note(PlanStep step)
    {
        switch (step)
        {
            case PlanStep.DropEnum drop:
                destroyed.Add(new ObjectId(ObjectKind.Enum, drop.Enum.Name.Schema, drop.Enum.Name.Name));
                break;
            case PlanStep.RecreateEnum recreate:
                destroyed.Add(new ObjectId(ObjectKind.Enum, recreate.From.Name.Schema, recreate.From.Name.Name));
                Retyped.UnionWith(recreate.Columns.Items.Concat(recreate.Released.Items).Select(c => Part(ObjectKind.Column, c.Table, c.Column.Name)));
                break;
            case PlanStep.DropIndex drop:
                destroyed.Add(Part(ObjectKind.Index, drop.Table, drop.Index.Name));
                destroyed.Add(Part(ObjectKind.UniqueConstraint, drop.Table, drop.Index.Name));
                break;
            case PlanStep.DropForeignKey drop:
                destroyed.Add(Part(ObjectKind.ForeignKey, drop.Table, drop.Key.Name));
                break;
            case PlanStep.AlterTable alter:
                foreach (var alteration in alter.Alterations)
                {
                    Note(alteration, alter.From.Name);
                }

                break;
            default:
                break;
        }
    }

    private void Note(Alteration alteration, ObjectName table)
    {
        switch (alteration)
        {
            case Alteration.AddColumn add:
                added.Add(Part(ObjectKind.Column, table, add.Column.Name));
                break;
            case Alteration.DropColumn drop:
                destroyed.Add(Part(ObjectKind.Column, table, drop.Column.Name));
                break;
            case Alteration.RecreateColumn recreate:
                destroyed.Add(Part(ObjectKind.Column, table, recreate.From.Name));
                added.Add(Part(ObjectKind.Column, table, recreate.From.Name));
                break;
            case Alteration.DropPrimaryKey drop:
                destroyed.Add(Part(ObjectKind.PrimaryKey, table, drop.Key.Name));
                break;
            case Alteration.AlterColumn alter when Retypes(alter.From, alter.To, alter.Difference):
                Retyped.Add(Part(ObjectKind.Column, table, alter.From.Name));
                break;
            default:
                break;
        }

        if (alteration is Alteration.AlterColumn { From.Default: ColumnDefault.NextValue sequence, Difference.AutoIncrement: true, To.AutoIncrement: false })
        {
            destroyed.Add(new ObjectId(ObjectKind.Sequence, table.Schema, sequence.Sequence));
        }
    }

    public static bool Retypes(Column from, Column to, ColumnDifference difference) =>
        difference.Type is not null || (difference.Arity && (from.Arity is FieldArity.List) != (to.Arity is FieldArity.List));

    private static ObjectId Part(ObjectKind kind, ObjectName table, string name) => new(kind, table.Schema, table.Name, name);
}
