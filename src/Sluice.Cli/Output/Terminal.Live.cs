namespace Sluice.Cli.Output;

internal sealed partial class Terminal
{
    private bool lineIsOpen;

    /// <summary>True where a line can be rewritten while work goes on.</summary>
    public bool IsLive => settings.Live;

    /// <summary>Shows one line in place of the last one; null takes it away.</summary>
    public void Live(string? line)
    {
        lock (error)
        {
            // Cut rather than wrapped: a wrapped line cannot be taken back. A terminal that does not know its width says 0.
            var width = (Console.WindowWidth is > 0 and var columns ? Math.Max(20, columns) : 80) - 1;
            var shown = line is null ? "" : VisibleText.Of(line.ReplaceLineEndings(" "), colored: false);
            Talk("\r\e[2K" + ErrorInk.Code(shown.Length <= width ? shown : shown[..width]));
            lineIsOpen = line is not null;
        }
    }

    private void Write(string text)
    {
        lock (error)
        {
            CloseLine();
            Talk(VisibleText.Of(text, ErrorInk.Enabled));
        }
    }

    // Both streams mostly end on the same screen.
    private void CloseLine()
    {
        lock (error)
        {
            if (lineIsOpen)
            {
                Talk("\r\e[2K");
                lineIsOpen = false;
            }
        }
    }
}
