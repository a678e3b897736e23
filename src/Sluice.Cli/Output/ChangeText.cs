using System.Collections.Immutable;
using System.Text;
using Sluice.Catalog;
using Sluice.Diff;

namespace Sluice.Cli.Output;

/// <summary>Changes for people: whole objects first, then table by table.</summary>
internal static class ChangeText
{
    public static string Summary(ImmutableArray<Change> changes, Ink ink)
    {
        var lines = changes.Select(ChangeLine.Of).ToList();
        var text = new StringBuilder();
        foreach (var line in lines.Where(l => l.IsWhole))
        {
            text.Append(Sign(line.Sign, ink)).Append(' ').Append(ink.Code(line.Text)).Append('\n');
        }

        // The parts of a table that is itself added or removed say nothing new.
        var whole = lines.Where(l => l is { IsWhole: true, Kind: "table", Sign: not '*' }).Select(l => l.Container).ToHashSet();
        foreach (var table in lines.Where(l => !l.IsWhole && !whole.Contains(l.Container)).GroupBy(l => l.Container))
        {
            text.Append(Sign('*', ink)).Append(' ').Append(ink.Code($"table `{table.Key.Name}`")).Append('\n');
            foreach (var line in table)
            {
                text.Append("  ").Append(Sign(line.Sign, ink)).Append(' ').Append(ink.Code(line.Text)).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>A summary that is written already, its signs in colour.</summary>
    public static string Paint(string summary, Ink ink) =>
        "+-*".Aggregate(summary, (text, sign) => text.Replace($"[{sign}]", Sign(sign, ink), StringComparison.Ordinal));

    private static string Sign(char sign, Ink ink) => sign switch
    {
        '+' => ink.Green("[+]"),
        '-' => ink.Red("[-]"),
        _ => ink.Yellow("[*]"),
    };
}
