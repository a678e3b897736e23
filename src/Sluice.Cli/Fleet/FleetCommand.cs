using System.Text.Json;
using Sluice.Cli.Output;

namespace Sluice.Cli.Fleet;

/// <summary>A command as it runs on each target.</summary>
/// <param name="Changes">Targets of one database take turns, and a failure ends the run.</param>
/// <param name="Summary">A line, of what it answers machines with.</param>
internal sealed record FleetCommand(string Name, bool Changes, Func<Session, Task<Answer>> Run, Func<JsonElement, string> Summary)
{
    private static readonly string[] Lists = ["failed", "pending", "edited", "missing", "partlySquashed", "unrecorded"];

    public static FleetCommand Up(Func<Session, Task<Answer>> run) => new("up", true, run, json =>
        json.TryGetProperty("dryRun", out _)
            ? Counted(json, "pending") is { } pending ? $"would apply {pending}" : "up to date"
            : $"{(Counted(json, "applied") is { } applied ? $"applied {applied}" : "up to date")}{Critical(json)}");

    public static FleetCommand Status(Func<Session, Task<Answer>> run) => new("status", false, run, json =>
    {
        string[] found =
        [
            .. json.GetProperty("failures").EnumerateArray().Select(Failure),
            .. Lists.Where(n => Waiting(json, n).Count > 0).Select(n => $"{Waiting(json, n).Count} {Words(n)}: {Waiting(json, n)[0]}{(Waiting(json, n).Count > 1 ? " …" : "")}"),
            .. json.GetProperty("halfDone").EnumerateArray().Select(h => $"{h.GetProperty("migration").GetString()} stopped after {h.GetProperty("done").GetInt32()} of {h.GetProperty("statements").GetInt32()} statements"),
            .. Length(json, "renamed") > 0 ? new[] { $"{Length(json, "renamed")} renamed" } : [],
            .. json.GetProperty("drift").ValueKind is JsonValueKind.Array && Length(json, "drift") > 0 ? new[] { $"{Length(json, "drift")} changed by hand" } : [],
        ];
        return found.Length > 0 ? string.Join("; ", found)
            : json.GetProperty("upToDate").GetBoolean() ? $"up to date, {DiagnosticText.Counted(Length(json, "applied"), "migration")}"
            : "there are tables, and no history";
    });

    public static FleetCommand Doctor(Func<Session, Task<Answer>> run) => new("doctor", false, run, json =>
    {
        var found = json.GetProperty("checks").EnumerateArray().Where(c => c.GetProperty("verdict").GetString() is "warning" or "critical").Select(c => c.GetProperty("name").GetString()).ToList();
        return found.Count == 0 ? "no findings" : $"{DiagnosticText.Counted(found.Count, "finding")}: {string.Join(", ", found)}";
    });

    private static int Length(JsonElement json, string name) => json.TryGetProperty(name, out var list) ? list.GetArrayLength() : 0;

    private static string? Counted(JsonElement json, string name) => Length(json, name) is > 0 and var count ? DiagnosticText.Counted(count, "migration") : null;

    // What failed is pending, too, where the history keeps no failures; it is told once.
    private static List<string> Waiting(JsonElement json, string name) =>
    [
        .. json.GetProperty(name).EnumerateArray().Select(m => m.GetString()!)
            .Where(m => name != "pending" || json.GetProperty("failures").EnumerateArray().All(f => f.GetProperty("migration").GetString() != m)),
    ];

    private static string Failure(JsonElement failure) =>
        $"{failure.GetProperty("migration").GetString()} failed at statement {failure.GetProperty("statement").GetInt32()} of {failure.GetProperty("statements").GetInt32()}"
        + $"{(failure.GetProperty("why").GetString() is { } why ? $" ({why})" : "")}: correct its file or the database, then `sluice up --all`";

    private static string Words(string name) => name == "partlySquashed" ? "partly squashed" : name;

    private static string Critical(JsonElement json) => json.TryGetProperty("postVerify", out var checks)
        && checks.EnumerateArray().FirstOrDefault(c => c.GetProperty("verdict").GetString() == "critical") is { ValueKind: JsonValueKind.Object } check
        ? $"; afterwards {check.GetProperty("name").GetString()}: {check.GetProperty("value").GetString()}"
        : "";
}
