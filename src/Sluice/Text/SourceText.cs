using System.Text;

namespace Sluice.Text;

/// <summary>One file's text and its name. Lines and byte offsets are computed only when a message is printed.</summary>
public sealed class SourceText(string path, string text)
{
    private int[]? lineStarts;

    public string Path { get; } = path;

    public string Text { get; } = text;

    /// <summary>Line and column of a position, both counted from 1; the column counts UTF-16 units.</summary>
    public (int Line, int Column) Position(int position)
    {
        var starts = lineStarts ??= FindLineStarts(Text);
        var line = Array.BinarySearch(starts, position);
        if (line < 0)
        {
            line = ~line - 1;
        }

        return (line + 1, position - starts[line] + 1);
    }

    /// <summary>The text of a line counted from 1, without its line break.</summary>
    public string Line(int line)
    {
        var starts = lineStarts ??= FindLineStarts(Text);
        var end = line < starts.Length ? starts[line] : Text.Length;
        return Text[starts[line - 1]..end].TrimEnd('\r', '\n');
    }

    /// <summary>The UTF-8 byte offset of a position.</summary>
    public int ByteOffset(int position) => Encoding.UTF8.GetByteCount(Text.AsSpan(0, position));

    public string Slice(TextSpan span) => Text.Substring(span.Start, span.Length);

    private static int[] FindLineStarts(string text)
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                starts.Add(i + 1);
            }
        }

        return [.. starts];
    }
}
