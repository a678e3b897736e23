using System.Text;
using Sluice.Text;

namespace Sluice.Syntax;

/// <summary>Lines whose columns are aligned with each other.</summary>
internal sealed class FormatTable(SourceText source)
{
    private readonly List<Row> rows = [];

    public bool IsEmpty => rows.Count == 0;

    /// <summary>A line as it is, outside the columns.</summary>
    public void AddRaw(string text) => rows.Add(new Row([], text));

    public void AddEmpty() => rows.Add(new Row([], ""));

    /// <param name="columns">Empty columns at the end do not count.</param>
    /// <param name="comment">Behind the last column, aligned with nothing.</param>
    public void Add(ReadOnlySpan<string> columns, Comment? comment)
    {
        while (columns is [.., ""])
        {
            columns = columns[..^1];
        }

        rows.Add(new Row(columns.ToArray(), comment is { } trailing ? source.Slice(trailing.Span) : ""));
    }

    public void AddComments(Piece.Comments comments)
    {
        foreach (var comment in comments.Items)
        {
            if (comment.Kind is CommentKind.Block)
            {
                AddBlockComment(source.Text.Substring(comment.Span.Start + 2, comment.Span.Length - 4));
            }
            else
            {
                AddRaw(source.Slice(comment.Span));
            }
        }
    }

    /// <summary>Prints the lines and begins anew.</summary>
    public void PrintTo(FormatPage page)
    {
        var widths = new int[rows.Count == 0 ? 0 : rows.Max(r => r.Columns.Length)];
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Columns.Length; i++)
            {
                widths[i] = Math.Max(widths[i], Width(row.Columns[i]));
            }
        }

        foreach (var row in rows)
        {
            Print(row, widths, page);
        }

        rows.Clear();
    }

    private static void Print(Row row, int[] widths, FormatPage page)
    {
        for (var i = 0; i < row.Columns.Length; i++)
        {
            page.Write(row.Columns[i]);
            if (i < row.Columns.Length - 1)
            {
                page.Write(new string(' ', widths[i] - Width(row.Columns[i]) + 1));
            }
        }

        if (row.Suffix.Length > 0)
        {
            page.Write(row.Columns.Length > 0 ? " " : "");
            page.Write(row.Suffix);
        }

        page.EndLine();
    }

    private void AddBlockComment(string content)
    {
        AddRaw("/**");
        foreach (var line in content.Split('\n'))
        {
            var text = line.Trim();
            text = text.StartsWith('*') ? text[1..].TrimStart() : text;
            if (text.Length > 0)
            {
                AddRaw($" * {text}");
            }
        }

        AddRaw(" */");
    }

    // Prisma counts bytes, so that a line with letters beyond ASCII stands out of line; the same text is wanted.
    private static int Width(string text) => Encoding.UTF8.GetByteCount(text);

    private sealed record Row(string[] Columns, string Suffix);
}
