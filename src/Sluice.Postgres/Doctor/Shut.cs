using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Doctor;

/// <summary>A database that lets nobody in cannot be examined; why it does not is found from beside it.</summary>
public static class Shut
{
    /// <summary>True of a problem that a killed restore may be behind.</summary>
    public static bool Explains(Problem problem) => problem.Code == ConnectionProblems.ShutCode;

    public static CheckReport Report(HalfSwapped left) => new([BackupChecks.Of(left)]);
}
