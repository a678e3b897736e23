using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Sluice.Plan;
using Sluice.Sql.Objects;

namespace Sluice.Sql;

/// <summary>Steps spelled as PostgreSQL's commands, to the letter what Prisma's engine writes.</summary>
public static partial class SqlWriter
{
    /// <summary>The text of a migration.sql without its warnings header; empty for no steps.</summary>
    public static string Write(MigrationPlan plan) => Text(plan.Steps.Select(s => Passage(s, plan.Naming)));

    internal static Passage Passage(PlanStep step, Naming naming) => new(Title(step), Statements(step, naming));

    internal static string Text(IEnumerable<Passage> passages)
    {
        var text = new StringBuilder();
        foreach (var (title, statements) in passages.Where(p => !p.Statements.IsEmpty))
        {
            text.Append(text.Length > 0 ? "\n-- " : "-- ").Append(title).Append('\n');
            foreach (var statement in statements)
            {
                text.Append(statement).Append(";\n");
            }
        }

        return text.ToString();
    }

    /// <summary>The commands of one step, without their semicolons.</summary>
    public static ImmutableArray<string> Statements(PlanStep step, Naming naming)
    {
        var names = new SqlNames(naming);
        return step switch
        {
            PlanStep.Rename rename => Write(rename.What, names),
            PlanStep.CreateSchema create => [$"CREATE SCHEMA IF NOT EXISTS {SqlNames.Quote(create.Name)}"],
            PlanStep.DropSchema drop => [$"DROP SCHEMA {SqlNames.Quote(drop.Name)}"],
            PlanStep.CreateExtension create => [Create(create.Extension)],
            PlanStep.AlterExtension alter => Alter(alter),
            PlanStep.DropExtension drop => [$"DROP EXTENSION {SqlNames.Quote(drop.Extension.Name)}"],
            PlanStep.CreateEnum create => [CreateEnum(names.Of(create.Enum.Name), create.Enum)],
            PlanStep.AddEnumValues add => AddValues(add, names),
            PlanStep.RecreateEnum recreate => Recreate(recreate, names),
            PlanStep.DropEnum drop => [$"DROP TYPE {names.Of(drop.Enum.Name)}"],
            PlanStep.CreateTable create => [CreateTable(create.Table, names)],
            PlanStep.AlterTable alter => AlterTable(alter, names),
            PlanStep.DropTable drop => [$"DROP TABLE {names.Of(drop.Table.Name)}"],
            PlanStep.CreateIndex create => [CreateIndex(create, names)],
            PlanStep.DropIndex drop => [DropIndex(drop, names)],
            PlanStep.RenameIndex rename =>
                [$"ALTER INDEX {names.Of(rename.Table with { Name = rename.From.Name })} RENAME TO {SqlNames.Quote(rename.To.Name)}"],
            PlanStep.AddForeignKey add => [AddForeignKey(add, names)],
            PlanStep.DropForeignKey drop => [$"ALTER TABLE {names.Of(drop.Table)} DROP CONSTRAINT {SqlNames.Quote(drop.Key.Name)}"],
            PlanStep.RenameForeignKey rename =>
                [$"ALTER TABLE {names.Of(rename.Table)} RENAME CONSTRAINT {SqlNames.Quote(rename.From.Name)} TO {SqlNames.Quote(rename.To.Name)}"],
            PlanStep.CreateObject create => ObjectSql.Create(create),
            PlanStep.AlterObject alter => ObjectSql.Alter(alter.From, alter.To),
            PlanStep.DropObject drop => [ObjectSql.Drop(drop.Object)],
            _ => throw new UnreachableException(step.GetType().Name),
        };
    }

    private static string Title(PlanStep step) => step switch
    {
        PlanStep.CreateObject { Object.Id.Kind: var kind } => ObjectSql.Title("Create", kind),
        PlanStep.AlterObject { To.Id.Kind: var kind } => ObjectSql.Title("Alter", kind),
        PlanStep.DropObject { Object.Id.Kind: var kind } => ObjectSql.Title("Drop", kind),
        PlanStep.Rename rename => Title(rename.What),
        PlanStep.AddEnumValues or PlanStep.RecreateEnum => "AlterEnum",
        _ => step.GetType().Name,
    };
}
