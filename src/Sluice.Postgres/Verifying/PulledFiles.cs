using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Plan;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Sql.Files;
using Sluice.Text;

namespace Sluice.Postgres.Verifying;

/// <summary>SQL files that say, beside the schema, all that a database has.</summary>
/// <param name="Files">All of them, changed or not; new ones last.</param>
/// <param name="Removed">Statements that were taken out because nothing they need is there any more, as `file: first line`.</param>
/// <param name="Left">What they still do not make: nothing, but for what the tool cannot write.</param>
public sealed record PulledFiles(ImmutableArray<SourceText> Files, ImmutableArray<string> Removed, MigrationPlan Left)
{
    public static PulledFiles None { get; } = new([], [], new MigrationPlan([], new Naming(false, false)));

    // What could not be put into place at first is added as commands; after that nothing is expected to be left.
    private const int Rounds = 3;

    /// <param name="settings">With the files as they stand.</param>
    /// <param name="said">The schema that was pulled.</param>
    /// <param name="whole">The database with its objects.</param>
    /// <param name="place">The file for new statements of a group.</param>
    public static Task<PulledFiles> FollowAsync(RunSettings settings, Database said, Database whole, Func<string, string> place, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var files = settings.SqlFiles;
            if (files.IsEmpty)
            {
                var plan = Unsaid.Of(said, whole);
                // Types of an extension are known to every schema; only beside other things is it worth a file.
                var isWorthFiles = plan.Steps.Any(s => s is not (PlanStep.CreateExtension or PlanStep.AlterExtension));
                return new PulledFiles(isWorthFiles ? SqlFiles.Follow([], said, plan, place) : [], [], plan with { Steps = [] });
            }

            var removed = new List<string>();
            for (var round = 0; ; round++)
            {
                var (made, refused) = await Declaration.MakeAsync(settings with { SqlFiles = files }, said, cancellation);
                var stale = refused.Where(r => files.Contains(r.File)).ToList();
                files = SqlFiles.Without(files, stale.Select(r => (r.File.Path, r.Statement.Span)), said.DefaultSchema);
                removed.AddRange(round > 0 ? [] : stale.Select(r => $"{r.File.Path}: {r.Statement.Text(r.File.Text).Split('\n')[0]}"));
                var plan = Unsaid.Of(made, whole);
                if (plan.IsEmpty || round == Rounds)
                {
                    return new PulledFiles(files, [.. removed], plan);
                }

                files = SqlFiles.Follow(files, made, plan, place);
            }
        });
}
