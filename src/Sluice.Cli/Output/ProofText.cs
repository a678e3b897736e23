using System.Globalization;
using System.Text.Json;
using Sluice.Postgres.Proving;

namespace Sluice.Cli.Output;

/// <summary>What a proof found.</summary>
internal static class ProofText
{
    private const int MostLines = 20;

    /// <summary>`, with 12 rows in 4 tables`; empty where there were none.</summary>
    public static string Rows(ProofResult result) => result.Rows is { Rows: > 0 } rows
        ? string.Create(CultureInfo.InvariantCulture, $", with {DiagnosticText.Counted((int)rows.Rows, "row")} in {DiagnosticText.Counted(rows.Tables, "table")}")
        : "";

    /// <summary>What was not tried, and what is not kept.</summary>
    public static IEnumerable<string> Remarks(ProofResult result) => (result.Rows?.Remarks ?? []).Select(r => "    " + r.ReplaceLineEndings(" "));

    public static void WriteRows(Utf8JsonWriter json, ProofResult result)
    {
        if (result.Rows is not { } rows)
        {
            json.WriteNull("rows");
            return;
        }

        json.WriteStartObject("rows");
        json.WriteNumber("tried", rows.Rows);
        json.WriteNumber("tables", rows.Tables);
        json.WriteStrings("remarks", rows.Remarks);
        json.WriteEndObject();
    }

    /// <summary>How two databases differ, a line each: what is missing, what is too much.</summary>
    public static void Difference(Terminal terminal, ShapeDifference difference)
    {
        var lines = difference.Missing.Select(m => "- " + m).Concat(difference.Extra.Select(e => "+ " + e)).ToList();
        foreach (var line in lines.Take(MostLines))
        {
            terminal.Say("    " + line.ReplaceLineEndings(" "));
        }

        if (lines.Count > MostLines)
        {
            terminal.Say($"    … and {DiagnosticText.Counted(lines.Count - MostLines, "line")} more");
        }
    }
}
