using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Plan;
using Sluice.Text;

namespace Sluice.Sql.Files;

/// <summary>
/// The SQL files beside a schema, made to follow a database. What a file declares already stays where and as it is, and is
/// written anew only when the database has it otherwise; comments, order and all that did not change are kept.
/// </summary>
public static class SqlFiles
{
    private const string Heading = "-- What the schema cannot say. `sluice db pull` keeps it in step with the database; the order does not matter.\n\n";

    /// <param name="files">As they stand.</param>
    /// <param name="declared">What they make together with the schema.</param>
    /// <param name="plan">From there to the database.</param>
    /// <param name="place">The file for new statements of a group: `views`, `functions`, ….</param>
    public static ImmutableArray<SourceText> Follow(ImmutableArray<SourceText> files, Database declared, MigrationPlan plan, Func<string, string> place)
    {
        var statements = new FileStatements(files, declared.DefaultSchema);
        var before = declared.Objects.Items.ToDictionary(o => o.Id);
        var views = plan.Steps.OfType<PlanStep.CreateObject>().Select(s => s.Object.Id).Concat(before.Keys).Where(i => i.Kind is ObjectKind.MaterializedView)
            .Select(i => new ObjectName(i.Schema, i.Name)).ToHashSet();

        // What goes only to come back need not move in a file. Where it is not known which statement made it, commands do it.
        var inPlace = plan.Steps.OfType<PlanStep.DropObject>().All(d => statements.Declare(d.Object));
        foreach (var step in plan.Steps)
        {
            switch (step)
            {
                case PlanStep.DropObject { Again: true } when inPlace:
                    break;
                case PlanStep.DropObject drop when inPlace:
                    statements.Replace(drop.Object, []);
                    break;
                case PlanStep.CreateObject create when inPlace && before.TryGetValue(create.Object.Id, out var old) && statements.Declare(old):
                    Rewrite(old, create.Object);
                    break;
                case PlanStep.AlterObject alter when statements.Declare(alter.From):
                    Rewrite(alter.From, alter.To);
                    break;
                case PlanStep.CreateObject { Object: var made }:
                    statements.Add(place(GroupOf(made.Id)), Objects.ObjectSql.Create(made));
                    break;
                case PlanStep.DropTable when statements.Remove(SqlWriter.Statements(step, plan.Naming)[0].Replace("DROP", "CREATE", StringComparison.Ordinal)):
                    break;
                default:
                    statements.Add(place(GroupOf(step)), SqlWriter.Statements(step, plan.Naming));
                    break;
            }
        }

        return statements.Files(Heading);

        void Rewrite(SqlObject from, SqlObject to)
        {
            if (from.Definition != to.Definition)
            {
                statements.Replace(from, Objects.ObjectSql.Create(to));
            }
        }

        string GroupOf(object what) => what switch
        {
            ObjectId id when views.Contains(new ObjectName(id.Schema, id.Name)) && id.Kind is ObjectKind.Index or ObjectKind.IndexOptions => "views",
            ObjectId id => Group(id.Kind),
            PlanStep.AlterObject alter => Group(alter.To.Id.Kind),
            PlanStep.DropObject drop => Group(drop.Object.Id.Kind),
            PlanStep.CreateExtension or PlanStep.AlterExtension or PlanStep.DropExtension or PlanStep.CreateSchema => "extensions",
            PlanStep.CreateEnum or PlanStep.AddEnumValues or PlanStep.RecreateEnum or PlanStep.DropEnum => "types",
            _ => "tables",
        };
    }

    /// <summary>Without some of their statements.</summary>
    public static ImmutableArray<SourceText> Without(ImmutableArray<SourceText> files, IEnumerable<(string Path, TextSpan Span)> gone, string defaultSchema)
    {
        var statements = new FileStatements(files, defaultSchema);
        foreach (var (path, span) in gone)
        {
            statements.Remove(path, span);
        }

        return statements.Files(Heading);
    }

    private static string Group(ObjectKind kind) => kind switch
    {
        ObjectKind.Function or ObjectKind.Procedure or ObjectKind.Aggregate => "functions",
        ObjectKind.Sequence or ObjectKind.SequenceOptions or ObjectKind.SequenceOwner => "sequences",
        <= ObjectKind.Cast => "types",
        ObjectKind.View or ObjectKind.MaterializedView => "views",
        ObjectKind.Rule or ObjectKind.RuleState or ObjectKind.Trigger or ObjectKind.TriggerState or ObjectKind.EventTrigger or ObjectKind.EventTriggerState => "triggers",
        ObjectKind.Policy or ObjectKind.RowSecurity or ObjectKind.ForcedRowSecurity => "rights",
        ObjectKind.Grant or ObjectKind.Revoke or ObjectKind.DefaultGrant or ObjectKind.DefaultRevoke => "rights",
        ObjectKind.Publication => "publications",
        ObjectKind.Comment => "comments",
        _ => "tables",
    };
}
