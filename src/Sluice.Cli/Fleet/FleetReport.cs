using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sluice.Cli.Commands;
using Sluice.Cli.Options;
using Sluice.Cli.Output;

namespace Sluice.Cli.Fleet;

/// <summary>One report of all targets: what needs somebody by name, the rest counted.</summary>
internal static class FleetReport
{
    // So many lines are read; of more, only what needs somebody.
    private const int Few = 20;

    public static Answer Make(Session session, FleetCommand command, ImmutableArray<TargetResult> results)
    {
        var terminal = session.Terminal;
        var shown = results.Length <= Few || session.Verbose ? results : [.. results.Where(r => r.State is not (TargetState.Ok or TargetState.NotBegun))];
        foreach (var line in Lines(shown, terminal.Ink))
        {
            terminal.Result(line);
        }

        var isCancelled = session.Stop.IsCancellationRequested;
        var counts = results.CountBy(r => r.State).OrderBy(c => c.Key).ToList();
        terminal.Result(shown.IsEmpty ? Line() : $"\n{Line()}");
        if (command.Changes && results.Any(r => r.State is not TargetState.Ok))
        {
            terminal.Say($"Where each of them stands: `sluice status --all{CommandLine.Shared(session)}`. To go on: `sluice {command.Name} --all{CommandLine.Shared(session)}`; what is done is not done again.");
        }

        var outcome = isCancelled || results.Any(r => r.State is TargetState.Failed) ? Outcome.Failed : results.All(r => r.State is TargetState.Ok) ? Outcome.Ok : Outcome.Attention;
        return Answer.With(outcome, json => Write(json, results)) with { ExitCode = isCancelled ? Session.Cancelled : null };

        string Line()
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{DiagnosticText.Counted(results.Length, "target")}: {string.Join(", ", counts.Select(c => $"{c.Value} {Word(c.Key)}"))}.");
            return results.All(r => r.State is TargetState.Ok) ? terminal.Ink.Green(text) : terminal.Ink.Yellow(text);
        }
    }

    private static IEnumerable<string> Lines(ImmutableArray<TargetResult> results, Ink ink)
    {
        if (results.IsEmpty)
        {
            yield break;
        }

        var (names, states, rings) = (results.Max(r => r.Target.Name.Length), results.Max(r => Word(r.State).Length), results.Max(r => r.Ring) > 1);
        foreach (var result in results)
        {
            var state = Word(result.State).PadRight(states);
            var shown = result.State switch
            {
                TargetState.Ok => ink.Green(state),
                TargetState.NotBegun or TargetState.Cancelled => ink.Faint(state),
                TargetState.Attention => ink.BoldYellow(state),
                TargetState.Failed => ink.BoldRed(state),
                _ => throw new UnreachableException(),
            };
            var time = result.Duration > TimeSpan.Zero ? ink.Faint($"  {Durations.Show(result.Duration)}") : "";
            yield return $"{(rings ? string.Create(CultureInfo.InvariantCulture, $"{result.Ring}  ") : "")}{result.Target.Name.PadRight(names)}  {shown}  {result.Summary}{time}";
        }
    }

    private static void Write(Utf8JsonWriter json, ImmutableArray<TargetResult> results)
    {
        json.WriteStartArray("targets");
        foreach (var result in results)
        {
            json.WriteStartObject();
            json.WriteString("name", result.Target.Name);
            json.WriteString("database", result.Target.Address.Database);
            json.WriteString("schema", result.Target.Address.Schema);
            json.WriteNumber("ring", result.Ring);
            json.WriteString("state", Word(result.State));
            json.WriteString("summary", result.Summary);
            json.WriteString("correlationId", result.CorrelationId);
            json.WriteNumber("durationMs", (long)result.Duration.TotalMilliseconds);
            if (result.Fields is { } fields)
            {
                json.WritePropertyName("answer");
                fields.WriteTo(json);
            }

            result.Failure?.WriteJson(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Word(TargetState state) => state switch
    {
        TargetState.Ok => "ok",
        TargetState.Attention => "attention",
        TargetState.Failed => "failed",
        TargetState.Cancelled => "cancelled",
        TargetState.NotBegun => "not begun",
        _ => throw new UnreachableException(),
    };
}
