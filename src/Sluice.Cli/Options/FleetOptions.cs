using System.CommandLine;

namespace Sluice.Cli.Options;

/// <summary>What the commands take that run on all the targets of sluice.json.</summary>
internal static class FleetOptions
{
    private const int DefaultParallel = 4;
    private const int MostParallel = 64;

    public static readonly Option<bool> All = new("--all") { Description = "Every target of `targets` in sluice.json" };

    public static readonly Option<string[]> Target = new("--target") { Description = "This target of sluice.json; more than once for more", HelpName = "NAME", DefaultValueFactory = _ => [] };

    public static readonly Option<string?> Rings = new("--rings") { Description = "With --all: how many targets each ring has, the first the canaries: `1,10,rest` (default `1,rest`, or what the targets say)", HelpName = "SIZES" };

    public static readonly Option<string?> OnFailure = new("--on-failure") { Description = "With --all: `stop`, after which no target is begun (the default), or `continue`", HelpName = "stop|continue" };

    private static readonly Option<int?> Parallel = new("--parallel") { Description = $"With --all: how many targets at a time (default {DefaultParallel})", HelpName = "N" };

    /// <summary>For commands that only look.</summary>
    public static readonly Option[] Looking = [All, Target, Parallel];

    public static readonly Option[] Changing = [All, Target, Parallel, Rings, OnFailure];

    public static bool IsAsked(Session session)
    {
        var isAsked = session.Get(All) || session.Get(Target) is { Length: > 0 };
        return !isAsked && Changing.FirstOrDefault(session.Has) is { } alone
            ? throw new StopException($"{alone.Name} is for a run on many targets; give --all too.")
            : isAsked;
    }

    public static int ParallelOf(Session session) => session.Get(Parallel) switch
    {
        null => DefaultParallel,
        < 1 or > MostParallel => throw new StopException($"{Parallel.Name} must be from 1 to {MostParallel}."),
        { } number => number,
    };

    public static bool Stops(Session session) => session.Get(OnFailure) switch
    {
        null or "stop" => true,
        "continue" => false,
        var other => throw new StopException($"{OnFailure.Name} is `{other}`; it must be `stop` or `continue`."),
    };
}
