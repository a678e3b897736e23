using System.Text;
using static Sluice.Diagram.Markup;

namespace Sluice.Documentation;

/// <summary>What every page has: the head, the way to the others, the search.</summary>
internal static class Html
{
    /// <param name="path">Of the page; addresses in it are from its own folder.</param>
    /// <param name="body">HTML.</param>
    public static Page Page(Site site, PageNames names, string path, string title, string body)
    {
        var top = Top(path);
        var links = new StringBuilder();
        Link("index.html", "Tables");
        Link("diagram.html", "Diagram");
        if (names.HasEnums)
        {
            Link("enums.html", "Enums");
        }

        if (PageNames.HasObjects(site))
        {
            Link("objects.html", "Objects");
        }

        if (PageNames.HasHistory(site))
        {
            Link("history.html", "History");
        }

        // `file:` stands beside `self`, because a page that is opened from a folder has no origin everywhere.
        return new Page(path, $"""
            <!doctype html>
            <html lang="en" data-top="{top}">
            <head>
            <meta charset="utf-8">
            <meta name="generator" content="{SiteWriter.Mark}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self' file:; script-src 'self' file:; img-src data:; base-uri 'none'; form-action 'none'">
            <title>{EscapeLine(title)} · {EscapeLine(site.Name)}</title>
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="{top}docs.css">
            <script src="{top}names.js" defer></script>
            <script src="{top}docs.js" defer></script>
            </head>
            <body>
            <a class="skip" href="#main">To the content</a>
            <header>
            <p class="name"><a href="{top}index.html">{EscapeLine(site.Name)}</a></p>
            <nav aria-label="Pages">{links}</nav>
            <search hidden><label for="search">Search</label> <input id="search" type="search" autocomplete="off" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list" placeholder="table, column, enum"><ul id="found" role="listbox" aria-label="Found" hidden></ul></search>
            </header>
            <main id="main">
            <h1>{EscapeLine(title)}</h1>
            {body}
            </main>
            </body>
            </html>

            """.ReplaceLineEndings("\n"));

        void Link(string to, string text) => links.Append($"<a href=\"{top}{to}\"{(to == path ? " aria-current=\"page\"" : "")}>{text}</a>");
    }

    /// <summary>From a page's folder to the top.</summary>
    public static string Top(string path) => path.Contains('/', StringComparison.Ordinal) ? "../" : "";

    /// <summary>A table with a caption; cells are HTML.</summary>
    public static string Table(string caption, IReadOnlyList<string> heads, IEnumerable<(string? Id, IReadOnlyList<string> Cells)> rows)
    {
        var html = new StringBuilder($"<div class=\"scroll\" role=\"region\" aria-label=\"{EscapeLine(caption)}\" tabindex=\"0\"><table><caption>{EscapeLine(caption)}</caption><thead><tr>");
        foreach (var head in heads)
        {
            html.Append($"<th scope=\"col\">{EscapeLine(head)}</th>");
        }

        html.Append("</tr></thead><tbody>\n");
        foreach (var (id, cells) in rows)
        {
            html.Append(id is null ? "<tr>" : $"<tr id=\"{id}\">").Append($"<th scope=\"row\">{cells[0]}</th>");
            foreach (var cell in cells.Skip(1))
            {
                html.Append($"<td>{cell}</td>");
            }

            html.Append("</tr>\n");
        }

        return html.Append("</tbody></table></div>\n").ToString();
    }

    public static string Link(string? address, string text) => address is null ? EscapeLine(text) : $"<a href=\"{EscapeLine(address)}\">{EscapeLine(text)}</a>";

    public static string Code(string text) => text.Length == 0 ? "" : $"<code>{EscapeLine(text)}</code>";

    public static string Block(string text) => $"<pre><code>{Escape(text.ReplaceLineEndings("\n"))}</code></pre>\n";

    public static string Paragraphs(string? text) =>
        text is null ? "" : string.Concat(text.ReplaceLineEndings("\n").Split("\n\n").Select(p => $"<p class=\"comment\">{Escape(p.Trim()).Replace("\n", "<br>", StringComparison.Ordinal)}</p>\n"));

    public static string Remark(string? text) => text is null ? "" : Escape(text.ReplaceLineEndings("\n")).Replace("\n", "<br>", StringComparison.Ordinal);

    public static string Drawing(string svg, string label) =>
        $"<div class=\"drawing\" role=\"region\" aria-label=\"{EscapeLine(label)}\" tabindex=\"0\">\n{svg}</div>\n";
}
