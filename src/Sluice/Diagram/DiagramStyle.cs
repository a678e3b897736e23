using System.Diagnostics;

namespace Sluice.Diagram;

public enum Theme
{
    /// <summary>As the reader's system has it.</summary>
    Auto,
    Light,
    Dark,
}

/// <summary>Colours and fonts; a page that has drawings in it uses <see cref="Rules"/> in its own style sheet.</summary>
public static class DiagramStyle
{
    internal const int TitleSize = 13;
    internal const int RowSize = 12;
    internal const int TypeSize = 11;
    internal const int MarkSize = 9;

    private const string Light =
        "--paper:#fff;--box:#fff;--head:#e8eef7;--line:#aab4c4;--text:#1b2430;--soft:#566173;--edge:#5d6f8a;--mark:#8a4b00;--view:#e5f1ea;--enum:#f3ecf8;--focus:#1d5fd0;--area:#f5f7fa;";

    private const string Dark =
        "--paper:#12161c;--box:#1b212a;--head:#2a3543;--line:#4a586b;--text:#e6ebf2;--soft:#a3afbf;--edge:#8fa3c0;--mark:#f0b46c;--view:#23382d;--enum:#33283e;--focus:#7fb0ff;--area:#171c24;";

    /// <summary>Everything but the colours.</summary>
    public const string Rules =
        """
        .diagram{background:var(--paper);font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",Verdana,Arial,sans-serif}
        .diagram text{fill:var(--text);font-size:12px;white-space:pre;unicode-bidi:isolate}
        .diagram .paper{fill:var(--paper)}
        .diagram .area{fill:var(--area);stroke:var(--line)}
        .diagram .area-name{font-size:14px;font-weight:700;fill:var(--soft)}
        .diagram .body{fill:var(--box);stroke:var(--line)}
        .diagram .head{fill:var(--head)}
        .diagram .view .head{fill:var(--view)}
        .diagram .enum .head{fill:var(--enum)}
        .diagram .view .body,.diagram .enum .body{stroke-dasharray:4 3}
        .diagram .title{font-size:13px;font-weight:700}
        .diagram .kind{font-size:9px;fill:var(--soft)}
        .diagram .type{font-size:11px;fill:var(--soft)}
        .diagram .marks{font-size:9px;font-weight:700;fill:var(--mark)}
        .diagram .rule{stroke:var(--line);stroke-opacity:.45}
        .diagram .edge path{fill:none;stroke:var(--edge);stroke-width:1.25}
        .diagram .edge circle{fill:var(--paper);stroke:var(--edge);stroke-width:1.25}
        .diagram .edge:hover path,.diagram .edge:hover circle,.diagram .edge.lit path,.diagram .edge.lit circle{stroke:var(--focus);stroke-width:2.5}
        .diagram .focus .body,.diagram .lit .body{stroke:var(--focus);stroke-width:2}
        .diagram .dim{opacity:.2}
        .diagram a{text-decoration:none}
        .diagram a:hover .title,.diagram a:focus .title{text-decoration:underline}

        """;

    /// <summary>The colours, as variables of <paramref name="selector"/>.</summary>
    public static string Colours(string selector, Theme theme) => theme switch
    {
        Theme.Auto => $"{selector}{{color-scheme:light dark;{Light}}}\n@media (prefers-color-scheme:dark){{{selector}{{{Dark}}}}}\n@media print{{{selector}{{{Light}}}}}\n",
        Theme.Light => $"{selector}{{color-scheme:light;{Light}}}\n",
        Theme.Dark => $"{selector}{{color-scheme:dark;{Dark}}}\n",
        _ => throw new UnreachableException(theme.ToString()),
    };

    internal static string Word(BoxKind kind) => kind switch
    {
        BoxKind.Table => "table",
        BoxKind.View => "view",
        BoxKind.Enum => "enum",
        _ => throw new UnreachableException(kind.ToString()),
    };
}
