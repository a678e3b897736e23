using System.Text.Json;
using Sluice.Cli.Output;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>A drift and the SQL of a way out of it, for people and for machines.</summary>
internal static class DriftText
{
    public static void Print(Session session, DriftRemedy remedy, string where)
    {
        var terminal = session.Terminal;
        terminal.Say("In the database, against its migrations:");
        foreach (var line in ChangeText.Summary([.. remedy.Drift.Select(d => d.Change)], terminal.ErrorInk).TrimEnd('\n').Split('\n').Concat(TraceText.Lines(remedy.Drift, terminal.ErrorInk)))
        {
            terminal.Say("  " + line);
        }

        terminal.Say();
        terminal.Say($"The SQL that brings {where}:");
        terminal.Say();
        terminal.Result(remedy.Proposal.Script.TrimEnd('\n'));
        terminal.Result();
    }

    public static Answer Answer(Outcome outcome, DriftRemedy remedy, bool applied, Action<Utf8JsonWriter>? more = null) => Cli.Answer.With(outcome, json =>
    {
        ChangeJson.Write(json, "drift", remedy.Drift);
        json.WriteString("script", remedy.Proposal.Script);
        json.WriteStrings("warnings", remedy.Proposal.Warnings);
        json.WriteStrings("unexecutable", remedy.Proposal.Unexecutable);
        json.WriteBoolean("applied", applied);
        more?.Invoke(json);
    });
}
