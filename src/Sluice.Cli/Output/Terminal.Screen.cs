using System.Text;

namespace Sluice.Cli.Output;

internal sealed partial class Terminal
{
    private int drawn;

    /// <summary>True where what is on stdout can be drawn anew.</summary>
    public bool HasScreen => settings.Screen;

    /// <summary>
    /// Draws a page in place of the last one. All at once and line over line, so that nothing flickers; what does not fit is
    /// cut, because what was scrolled or wrapped cannot be taken back.
    /// </summary>
    public void Draw(IReadOnlyCollection<string> lines)
    {
        var height = Math.Max(5, Console.WindowHeight is > 0 and var rows ? rows : 24) - 1;
        // Synchronized, where the terminal knows it; without wrapping while it lasts.
        var page = new StringBuilder("\e[?2026h\e[?7l");
        page.Append(drawn > 0 ? $"\e[{drawn}A\r" : "\r");
        foreach (var line in lines.Take(height))
        {
            page.Append(VisibleText.Of(Ink.Code(line), Ink.Enabled)).Append("\e[K\n");
        }

        page.Append("\e[J\e[?7h\e[?2026l");
        Output(() => output.Write(page.ToString()));
        drawn = Math.Min(lines.Count, height);
    }
}
