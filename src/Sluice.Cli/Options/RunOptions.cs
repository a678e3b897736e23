using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Options;

/// <summary>What every command takes that runs migrations.</summary>
internal static class RunOptions
{
    public static readonly Option<TimeSpan?> LockBudget = Time("--lock-budget", "How long to try again while others hold the locks (30s, 10m; default 60s)");

    public static readonly Option<OnBlock> OnBlock = new("--on-block")
    {
        Description = "What to do about a session that holds a lock the run needs: wait, cancel its statement, or terminate it (default wait)",
        HelpName = "wait|cancel|terminate",
    };

    public static readonly Option<TimeSpan?> BlockAfter = Time("--block-after", "How long its transaction must have been open before `--on-block` acts (default 30s)");

    public static readonly Option<string[]> BlockAlso = new("--block-also")
    {
        Description = "The application name of a migration run, dump or replication that `--on-block` may act on too; others of these it never touches",
        HelpName = "NAME",
        DefaultValueFactory = _ => [],
    };

    public static readonly Option<TimeSpan?> Lease = Time("--lease", "Behind a pooler in transaction mode: how long after its last sign of life a run is taken for dead (default 30s)");

    public static readonly Option<bool> NoJournal = new("--no-journal")
    {
        Description = "Keep no journal in schema `sluice`; a killed run cannot be continued then",
    };

    public static readonly Option[] All = [LockBudget, OnBlock, BlockAfter, BlockAlso, Lease, NoJournal];

    public static RunSettings Apply(Session session, RunSettings settings) => settings with
    {
        LockBudget = session.Get(LockBudget) ?? settings.LockBudget,

        // Many processes of a roll-out begin at once, and the first one may take a backup: each waits until those before it are done.
        LockTimeout = session.Get(LockBudget) ?? settings.LockBudget,
        Blockers = new BlockerPolicy(session.Get(OnBlock), session.Get(BlockAfter) ?? settings.Blockers.MinimumAge, [.. session.Get(BlockAlso) ?? []]),
        LeaseTime = session.Get(Lease) is { } lease && lease > TimeSpan.Zero ? lease : settings.LeaseTime,
        JournalDisabled = session.Get(NoJournal),
    };

    public static Option<TimeSpan?> Time(string name, string description) => new(name) { Description = description, HelpName = "TIME", CustomParser = Duration };

    private static TimeSpan? Duration(ArgumentResult result)
    {
        var text = result.Tokens is [var token, ..] ? token.Value : "";
        var (number, unit) = text switch
        {
            [.. var head, 'm', 's'] => (head, 0.001),
            [.. var head, 's'] => (head, 1d),
            [.. var head, 'm'] => (head, 60),
            [.. var head, 'h'] => (head, 3600),
            _ => (text, 1),
        };
        if (double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count * unit < 1e6)
        {
            return TimeSpan.FromSeconds(count * unit);
        }

        result.AddError($"`{text}` is no time; write 30s, 10m or 1h");
        return null;
    }
}
