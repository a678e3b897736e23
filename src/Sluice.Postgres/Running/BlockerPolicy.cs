using Sluice.Text;

namespace Sluice.Postgres.Running;

/// <summary>What is done about a session that holds a lock the run waits for.</summary>
public enum OnBlock
{
    Wait,

    /// <summary>Its statement is cancelled; a transaction that runs none keeps its locks.</summary>
    Cancel,

    /// <summary>Its session is ended, and with it its transaction.</summary>
    Terminate,
}

/// <summary>Whom a run may push aside, and after how long.</summary>
/// <param name="MinimumAge">The blocker's transaction has been open that long: short ones end by themselves.</param>
/// <param name="Also">Application names of sessions that are spared otherwise.</param>
public sealed record BlockerPolicy(OnBlock Action, TimeSpan MinimumAge, EquatableArray<string> Also)
{
    private static readonly string[] Dumps = ["pg_dump", "pg_dumpall", "pg_restore", "pg_basebackup", "pg_receivewal"];

    public static BlockerPolicy Wait { get; } = new(OnBlock.Wait, TimeSpan.FromSeconds(30), []);

    /// <summary>Why a session that is old enough is left alone all the same; null when it is not.</summary>
    internal string? WhySpared(OtherSession blocker) => blocker switch
    {
        { Process: 0 } => "a prepared transaction belongs to no session; end it with COMMIT PREPARED or ROLLBACK PREPARED",
        _ when Also.Items.Contains(blocker.Application) => Action is OnBlock.Cancel ? WhyNotCancelled(blocker) : null,
        { HoldsMigrationLock: true } => Named("it is another migration run", blocker),
        _ when blocker.Application == "sluice" || blocker.Application.StartsWith("sluice ", StringComparison.Ordinal) => Named("it is another migration run", blocker),
        { Kind: "walsender" } => Named("it is a replication", blocker),
        _ when Dumps.Contains(blocker.Application) => Named("it is a dump or a restore", blocker),
        { Kind: not ("" or "client backend") } => $"it is a process of the server's own ({blocker.Kind})",
        _ => Action is OnBlock.Cancel ? WhyNotCancelled(blocker) : null,
    };

    private static string? WhyNotCancelled(OtherSession blocker) => blocker.IsIdle
        ? "it runs no statement that could be cancelled; only `--on-block terminate` ends its transaction"
        : null;

    private static string Named(string what, OtherSession blocker) => blocker.Kind is "" or "client backend" or "walsender" && blocker.Application.Length > 0
        ? $"{what}; to include it: --block-also \"{blocker.Application}\""
        : what;
}
