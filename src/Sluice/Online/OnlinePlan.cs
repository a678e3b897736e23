using System.Collections.Immutable;
using System.Text;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Lint.Known;
using Sluice.Lint.Statements;
using Sluice.Plan;
using Sluice.Sql;
using Sluice.Sql.Lexing;

namespace Sluice.Online;

/// <summary>From two catalogs to a migration that keeps nobody waiting, and to its way back.</summary>
internal static class OnlinePlan
{
    /// <param name="archive">The migration whose archives keep what it destroys; null to keep nothing.</param>
    public static OnlineMigration Of(Database before, Database after, string? archive)
    {
        var plan = Plan(before, after);
        var known = Known(before, plan.Naming);
        var (target, late) = OnlineTarget.Of(before, after, plan, known);
        plan = Narrowed(target == after ? plan : Plan(before, target));
        var forms = new OnlineForms(plan, known, new FreeNames(before, after));
        ImmutableArray<Passage> passages =
        [
            .. archive is null
                ? plan.Steps.SelectMany(forms.Of)
                : new ArchiveScript(archive, isUp: true, plan.Naming).Write(plan, Loss.Of(plan), Loss.Of(Plan(target, before with { Renames = Reverse.Renames(plan) })), forms.Of),
        ];
        var (text, offline) = OnlineScript.Write(passages, known);
        return new OnlineMigration(plan, plan.IsEmpty ? "" : Head(plan, late, offline) + text, late, offline);
    }

    /// <summary>The text of a down.sql.</summary>
    public static string Back(ReversePlan reverse, Database before, Database after, Archives? archives)
    {
        var plan = Narrowed(reverse.Plan);
        return DownScript.Write(reverse, archives, () =>
        {
            var known = Known(after, plan.Naming);
            var forms = new OnlineForms(plan, known, new FreeNames(after, before));
            ImmutableArray<Passage> passages =
            [
                .. archives is null
                    ? plan.Steps.SelectMany(forms.Of)
                    : new ArchiveScript(archives.Migration, isUp: false, plan.Naming).Write(plan, reverse.LostOnTheWay, archives.Above ? reverse.Lost : [], forms.Of),
            ];
            return OnlineScript.Write(passages, known).Text;
        });
    }

    private static MigrationPlan Plan(Database before, Database after) => Planner.Plan(before, after, CatalogDiffer.Diff(before, after));

    private static MigrationPlan Narrowed(MigrationPlan plan) => plan with { Steps = Island.Narrowed(plan.Steps) };

    private static string Head(MigrationPlan plan, ImmutableArray<LateColumn> late, ImmutableArray<string> offline)
    {
        var head = new StringBuilder();
        foreach (var line in offline)
        {
            head.Append("-- Not online: ").Append(line).Append('\n');
        }

        foreach (var column in late)
        {
            head.Append("-- To be filled: ").Append(SqlNames.Quote(column.Column)).Append(" of ").Append(SqlNames.Quote(column.Table.Name)).Append(column.IsRequired ? ", before the migration that requires it" : "").Append('\n');
        }

        return head.Append(head.Length > 0 ? "\n" : "").Append(DataLoss.Header(DataLoss.Evaluate(DataLoss.Checks(plan), DataCounts.Unknown))).ToString();
    }

    /// <summary>What the linter would know of the database, from the statements that would make it.</summary>
    private static KnownSchema Known(Database database, Naming naming)
    {
        var known = new KnownSchema();
        var making = Plan(Database.Empty with { DefaultSchema = database.DefaultSchema, SeesObjects = database.SeesObjects }, database with { Renames = [] });
        var script = SqlWriter.Write(making with { Naming = naming });
        foreach (var statement in StatementSplitter.Split(script))
        {
            known.Apply(StatementReader.Read(statement.Text(script), statement.Transaction, known.IsTemporary));
        }

        known.Settle();
        return known;
    }
}
