namespace Sluice.Postgres.Local;

public abstract record ClusterState
{
    private ClusterState()
    {
    }

    /// <summary>Nothing was ever made in the folder.</summary>
    public sealed record Absent : ClusterState;

    /// <summary>Made, and not running now: stopped, crashed, or the machine was restarted.</summary>
    public sealed record Stopped : ClusterState;

    public sealed record Running(int ProcessId, int Port) : ClusterState;
}
