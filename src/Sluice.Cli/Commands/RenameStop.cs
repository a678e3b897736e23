using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Sluice.Catalog;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Diff.Renames;
using Sluice.Model;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>What is said where nobody can be asked: each thing that goes, what it may have become, and the line that says so.</summary>
internal static class RenameStop
{
    private const string Code = "SL5041";
    private const string Message = "Something goes that may be what comes under a new name; nothing was changed.";

    public static Answer Print(Session session, ImmutableArray<RenameQuestion> open, string defaultSchema, string command)
    {
        var terminal = session.Terminal;
        var places = open.ToDictionary(q => q, q => Place(session, q.Candidate, defaultSchema));
        terminal.Error(Message, Code);
        foreach (var group in open.GroupBy(q => q.Candidate.OldPath))
        {
            terminal.Say();
            terminal.Say($"  {Capital(RenameQuestions.Describe(group.First()))} goes.");
            foreach (var question in group)
            {
                var candidate = question.Candidate;
                terminal.Say($"  • It is `{candidate.New}` now ({Percent(candidate.Score)}: {string.Join(", ", candidate.Reasons)})? Write above {Where(places[question])}:");
                terminal.Say($"      `{Line(candidate)}`");
            }

            terminal.Say("  • It goes for good? Say so:");
            terminal.Say($"      `{command} --not-renamed {CommandLine.Quote(group.Key)}`");
        }

        terminal.Say();
        return Answer.With(Outcome.Attention, json =>
        {
            new Failure(Message, Code, Outcome.Attention, [.. open.Select(q => $"{Line(q.Candidate)} above {Where(places[q])}, or --not-renamed {CommandLine.Quote(q.Candidate.OldPath)}")]).WriteJson(json);
            WriteJson(json, open.Select(q => (q.Candidate, q.Values, places[q])));
        });
    }

    /// <summary>The candidates for machines.</summary>
    public static void WriteJson(Utf8JsonWriter json, IEnumerable<(RenameCandidate Candidate, long? Values, HintPlace? Place)> questions)
    {
        json.WriteStartArray("renameCandidates");
        foreach (var (candidate, values, place) in questions)
        {
            json.WriteStartObject();
            json.WriteString("kind", candidate.Kind);
            json.WriteString("of", candidate.OldPath == candidate.Old ? null : candidate.Holder.Name);
            json.WriteString("from", candidate.Old);
            json.WriteString("to", candidate.New);
            json.WriteNumber("score", candidate.Score);
            json.WriteStrings("reasons", candidate.Reasons);
            if (values is { } counted)
            {
                json.WriteNumber("values", counted);
            }

            json.WriteString("hint", Line(candidate));
            json.WriteString("file", place?.Source.Path);
            if (place is not null)
            {
                json.WriteNumber("line", place.Line);
            }

            json.WriteString("notRenamed", candidate.OldPath);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static string Line(RenameCandidate candidate) => "/// " + RenameHint.Write(candidate.Old);

    public static string Where(HintPlace? place) =>
        place is null ? "what it is now" : string.Create(CultureInfo.InvariantCulture, $"{place.Source.Path}:{place.Line}");

    private static HintPlace? Place(Session session, RenameCandidate candidate, string defaultSchema) =>
        HintPlace.Of(candidate.Rename, session.Project.Schema.Value, defaultSchema, SchemaFiles.Read(session.Project.SchemaPath));

    private static string Percent(double score) => score.ToString("P0", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal) + " alike";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
