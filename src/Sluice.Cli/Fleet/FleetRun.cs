using System.Collections.Concurrent;
using System.Collections.Immutable;
using Sluice.Cli.Commands;
using Sluice.Cli.Options;
using Sluice.Cli.Output;

namespace Sluice.Cli.Fleet;

/// <summary>
/// One command on many targets, ring by ring. Nothing is kept of the run as a whole: what each target has is in its own history, so that
/// a run that stopped anywhere is completed by running it again.
/// </summary>
internal sealed class FleetRun
{
    private readonly Session session;
    private readonly FleetCommand command;
    private readonly bool stops;
    private readonly ConcurrentDictionary<Target, TargetResult> results = new();
    private int total;
    private volatile bool isStopped;

    private FleetRun(Session session, FleetCommand command)
    {
        this.session = session;
        this.command = command;
        stops = command.Changes && FleetOptions.Stops(session);
    }

    public static async Task<Answer> RunAsync(Session session, FleetCommand command)
    {
        var parallel = FleetOptions.ParallelOf(session);
        var run = new FleetRun(session, command);
        var (targets, sizes) = await TargetList.ReadAsync(session);
        if (targets.IsEmpty)
        {
            throw new StopException("There is no target: the query of sluice.json lists none.");
        }

        // One scratch database that has a name cannot hold two replays.
        return await run.RunAsync(command.Changes ? Rings.Of(session, targets, sizes) : [targets], session.Project.ShadowUrl is null ? parallel : 1);
    }

    private async Task<Answer> RunAsync(ImmutableArray<ImmutableArray<Target>> rings, int parallel)
    {
        total = rings.Sum(r => r.Length);
        for (var ring = 0; ring < rings.Length && !IsOver; ring++)
        {
            if (rings.Length > 1)
            {
                session.Terminal.Say($"Ring {ring + 1} of {rings.Length}: {DiagnosticText.Counted(rings[ring].Length, "target")}");
            }

            // Those that share a database would wait for one another's lock.
            var turns = rings[ring].GroupBy(t => command.Changes ? t.Database : t.Name).ToList();
            var number = ring + 1;
            await Parallel.ForEachAsync(turns, new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (targets, _) =>
            {
                foreach (var target in targets.TakeWhile(_ => !IsOver))
                {
                    Note(await RunAsync(target, number));
                }
            });
        }

        if (session.Terminal.IsLive)
        {
            session.Terminal.Live(null);
        }

        return FleetReport.Make(
            session,
            command,
            [.. rings.SelectMany((ring, i) => ring.Select(t => results.GetValueOrDefault(t) ?? new TargetResult(t, i + 1, TargetState.NotBegun, "", TimeSpan.Zero)))]);
    }

    private bool IsOver => isStopped || session.Stop.IsCancellationRequested;

    private async Task<TargetResult> RunAsync(Target target, int ring)
    {
        using var one = session.For(target);
        try
        {
            var answer = await command.Run(one);
            one.Log?.Finished(answer, one.Elapsed);
            var fields = TargetResult.Read(answer);
            return Result(answer.Outcome is Outcome.Ok ? TargetState.Ok : answer.Outcome is Outcome.Attention ? TargetState.Attention : TargetState.Failed, command.Summary(fields)) with { Fields = fields };
        }
        catch (OperationCanceledException) when (session.Stop.IsCancellationRequested)
        {
            var cancelled = new Failure("Canceled.", "CANCELLED", Outcome.Failed, []);
            one.Log?.Failed(cancelled, one.Elapsed);
            return Result(TargetState.Cancelled, "what was begun is rolled back, or goes on with the next run") with { Failure = cancelled };
        }
        catch (Exception problem) when (problem is not OutputLostException)
        {
            // Each target is an edge of its own: what stops one is told with its name, and the others have their report.
            var failure = Failure.Of(problem, CommandLine.Shared(one), session.Verbose);
            one.Log?.Failed(failure, one.Elapsed);
            return Result(failure.Outcome is Outcome.Attention ? TargetState.Attention : TargetState.Failed, failure.Message.Split('\n')[0]) with { Failure = failure };
        }

        TargetResult Result(TargetState state, string summary) => new(target, ring, state, summary, one.Elapsed) { CorrelationId = one.CorrelationId };
    }

    private void Note(TargetResult result)
    {
        results[result.Target] = result;
        isStopped |= stops && result.State is TargetState.Failed or TargetState.Attention;
        if (session.Terminal.IsLive)
        {
            session.Terminal.Live($"{ProgressBar.Of(results.Count, total)} {result.Target.Name}: {result.Summary}");
        }

        if (result.Failure is { } failure && result.State is not TargetState.Cancelled)
        {
            session.Terminal.Say();
            session.Terminal.Say(session.Terminal.ErrorInk.Bold(result.Target.Name));
            failure.Print(session.Terminal);
        }
    }
}
