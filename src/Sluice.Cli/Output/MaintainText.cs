using System.Diagnostics;
using Sluice.Postgres.Maintaining;

namespace Sluice.Cli.Output;

/// <summary>What maintenance would do and has done, for people and for machines.</summary>
internal static class MaintainText
{
    public static string Planned(MaintenancePlan plan)
    {
        var tables = plan.Tasks.Count(t => t is MaintenanceTask.Vacuum);
        var others = plan.Tasks.Length - tables;
        return $"{(tables == 0 ? "No table needs it." : $"{DiagnosticText.Counted(tables, "table")} would be vacuumed.")}{(others == 0 ? "" : $" {DiagnosticText.Counted(others, "other task")} would be done.")}";
    }

    public static string Summary(IReadOnlyCollection<MaintainedTask> done)
    {
        var tables = done.Count(t => t is { Skipped: null, Task: MaintenanceTask.Vacuum });
        var others = done.Count(t => t is { Skipped: null, Task: not MaintenanceTask.Vacuum });
        var skipped = done.Count - tables - others;
        return $"{DiagnosticText.Counted(tables, "table")} vacuumed and analyzed{(others == 0 ? "" : $", {DiagnosticText.Counted(others, "other task")} done")}{(skipped == 0 ? "" : $", {skipped} left for the next time")}.";
    }

    public static Answer Report(MaintenancePlan plan, IReadOnlyCollection<MaintainedTask> done, bool isWhole) => Answer.With(isWhole ? Outcome.Ok : Outcome.Attention, json =>
    {
        foreach (var (name, isVacuum) in new[] { ("tables", true), ("tasks", false) })
        {
            json.WriteStartArray(name);
            foreach (var task in plan.Tasks.Where(t => t is MaintenanceTask.Vacuum == isVacuum))
            {
                var result = done.FirstOrDefault(d => d.Task == task);
                json.WriteStartObject();
                json.WriteString("kind", Kind(task));
                json.WriteString("name", task.Name);
                json.WriteString("why", task.Why);
                json.WriteBoolean("done", result is { Skipped: null });
                json.WriteString("skipped", result?.Skipped);
                json.WriteString("result", result?.Result);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteStartArray("notYours");
        foreach (var name in plan.NotYours)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    });

    private static string Kind(MaintenanceTask task) => task switch
    {
        MaintenanceTask.Vacuum => "vacuum",
        MaintenanceTask.Reindex => "reindex",
        MaintenanceTask.AddPartition => "addPartition",
        MaintenanceTask.DropPartition => "dropPartition",
        MaintenanceTask.CleanUp => "cleanUp",
        MaintenanceTask.RemoveBackup => "removeBackup",
        MaintenanceTask.RemoveLog => "removeLog",
        _ => throw new UnreachableException(),
    };
}
