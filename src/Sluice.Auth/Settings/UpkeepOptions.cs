namespace Sluice.Auth.Settings;

/// <summary>What is removed in the background, and when.</summary>
public sealed class UpkeepOptions
{
    /// <summary>Off where cron runs `cleanup tokens|sessions|audit` (<see cref="AuthCommands"/>); nothing is sealed in between then.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How often a node looks whether a job is due.</summary>
    public TimeSpan Look { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Rows in one statement.</summary>
    public int Batch { get; set; } = 1000;

    /// <summary>Sessions unused for so long go, though they have not expired.</summary>
    public TimeSpan IdleSessions { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long the audit log goes back.</summary>
    public TimeSpan AuditRetention { get; set; } = TimeSpan.FromDays(365);

    /// <summary>How often what was logged is sealed.</summary>
    public TimeSpan AuditSealing { get; set; } = TimeSpan.FromSeconds(5);
}
