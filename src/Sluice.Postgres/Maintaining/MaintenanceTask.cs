using System.Collections.Immutable;
using System.Globalization;
using Sluice.Postgres.Monitoring;
using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Maintaining;

/// <summary>One thing to do for a database or its files. Names of the database's are quoted already, by the server.</summary>
public abstract record MaintenanceTask(string Why)
{
    /// <summary>What it is done to.</summary>
    public abstract string Name { get; }

    /// <summary>What is done, as the journal has it.</summary>
    public abstract string Done { get; }

    public sealed record AddPartition(string Table, string Partition, DateOnly From) : MaintenanceTask(string.Create(CultureInfo.InvariantCulture, $"{From:yyyy-MM} of {Table} has no partition"))
    {
        public override string Name => $"partition {Partition}";

        public override string Done => $"added {Name}";
    }

    /// <param name="Select">The statement.</param>
    public sealed record CleanUp(string Function, string Select, TimeSpan Limit) : MaintenanceTask("configured")
    {
        public override string Name => $"clean-up {Function}";

        public override string Done => $"called {Function}";
    }

    public sealed record DropPartition(string Table, string Partition, DateTime Over, long Rows, bool IsEstimate)
        : MaintenanceTask(string.Create(CultureInfo.InvariantCulture, $"{Table} keeps nothing from before {Over:yyyy-MM-dd}; {(IsEstimate ? "about " : "")}{Rows:#,0} rows go"))
    {
        public override string Name => $"partition {Partition}";

        public override string Done => $"dropped {Name}";
    }

    public sealed record Vacuum(TableFigures Table, string Reason) : MaintenanceTask(Reason)
    {
        public override string Name => Table.Name;

        public override string Done => $"vacuumed {Name}";
    }

    public sealed record Reindex(string Index, string Schema, string BareName, long Bytes, double Bloat, bool IsMeasured)
        : MaintenanceTask(string.Create(CultureInfo.InvariantCulture, $"{(IsMeasured ? "" : "about ")}{100 * Bloat:0} % of its {Ages.Bytes(Bytes)} are empty"))
    {
        public override string Name => $"index {Index}";

        public override string Done => $"rebuilt {Name}";
    }

    public sealed record RemoveBackup(string Path) : MaintenanceTask("more than the policy keeps")
    {
        public override string Name => $"backup {Path}";

        public override string Done => $"removed {Name}";
    }

    public sealed record RemoveLog(string Path, int Days) : MaintenanceTask(string.Create(CultureInfo.InvariantCulture, $"{Days} days old"))
    {
        public override string Name => $"log {Path}";

        public override string Done => $"removed {Name}";
    }
}

/// <param name="NotYours">Tables that need it and that this user may not vacuum.</param>
/// <param name="Unknown">Tables that were asked for, and of which there is none.</param>
public sealed record MaintenancePlan(ImmutableArray<MaintenanceTask> Tasks, ImmutableArray<string> NotYours, ImmutableArray<string> Unknown);

/// <param name="Skipped">Why it was left for the next time; null for done.</param>
/// <param name="Result">What it said, where it says something.</param>
public sealed record MaintainedTask(MaintenanceTask Task, TimeSpan Duration, string? Skipped, string? Result);
