using System.Text;
using Sluice.Text;

namespace Sluice.Syntax;

/// <summary>The formatted text as it grows; lines inside a block are indented by two.</summary>
internal sealed class FormatPage(SourceText source)
{
    private readonly StringBuilder text = new(source.Text.Length + 64);

    public bool Indented { get; set; }

    private bool AtLineStart => text.Length == 0 || text[^1] == '\n';

    public void Write(ReadOnlySpan<char> part)
    {
        if (Indented && AtLineStart)
        {
            text.Append("  ");
        }

        text.Append(part);
    }

    public void EndLine() => text.Append('\n');

    public string Finish()
    {
        if (!(text.Length > 0 && text[^1] == '\n'))
        {
            text.Append('\n');
        }

        return text.ToString();
    }
}
