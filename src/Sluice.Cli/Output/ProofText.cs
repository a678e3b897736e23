using Sluice.Postgres.Proving;

namespace Sluice.Cli.Output;

/// <summary>How two databases differ, a line each: what is missing, what is too much.</summary>
internal static class ProofText
{
    private const int MostLines = 20;

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
