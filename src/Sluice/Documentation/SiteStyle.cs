using Sluice.Diagram;

namespace Sluice.Documentation;

internal static class SiteStyle
{
    public static string Css => $"/* {SiteWriter.Mark} */\n{DiagramStyle.Colours(":root", Theme.Auto)}{Page.ReplaceLineEndings("\n")}{DiagramStyle.Rules.ReplaceLineEndings("\n")}";

    private const string Page = """
        *{box-sizing:border-box}
        html{scroll-padding-top:5rem}
        body{margin:0;background:var(--paper);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",Verdana,Arial,sans-serif}
        a{color:var(--focus);text-underline-offset:.15em}
        :focus-visible{outline:3px solid var(--focus);outline-offset:2px}
        .skip{position:absolute;left:-99rem}
        .skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem;z-index:3}
        header{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;align-items:center;padding:.5rem 1.25rem;background:var(--area);border-bottom:1px solid var(--line)}
        header p{margin:0;font-weight:700;overflow-wrap:anywhere}
        header p a{color:inherit;text-decoration:none}
        nav{display:flex;flex-wrap:wrap;gap:0 1rem}
        nav a,header p a{padding:.5rem 0;display:inline-block}
        nav a[aria-current]{color:inherit;font-weight:700;text-decoration:none}
        search{position:relative;margin-left:auto}
        input{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--soft);border-radius:.4rem;padding:.35rem .6rem;width:15rem;max-width:60vw}
        input::placeholder{color:var(--soft);opacity:1}
        #found{position:absolute;right:0;top:100%;margin:.25rem 0 0;padding:.25rem;list-style:none;background:var(--paper);border:1px solid var(--line);border-radius:.4rem;width:min(26rem,90vw);max-height:70vh;overflow:auto;box-shadow:0 6px 20px #0003}
        #found a{display:flex;justify-content:space-between;gap:1rem;padding:.35rem .6rem;color:var(--text);text-decoration:none;overflow-wrap:anywhere;border-radius:.3rem}
        #found small{color:var(--soft)}
        #found [aria-selected=true] a{background:var(--head)}
        main{padding:.5rem 1.25rem 4rem}
        h1{font-size:1.6rem;overflow-wrap:anywhere}
        h2{font-size:1.2rem;margin-top:2rem;overflow-wrap:anywhere}
        h3{font-size:1rem;margin-bottom:.25rem;overflow-wrap:anywhere}
        .comment{max-width:48rem}
        .scroll{overflow-x:auto;margin-top:1.5rem}
        table{border-collapse:collapse;min-width:min(100%,44rem)}
        caption{text-align:left;font-weight:700;font-size:1.2rem;padding:.25rem 0}
        th,td{text-align:left;vertical-align:top;padding:.35rem 1.25rem .35rem .5rem;border-bottom:1px solid var(--line)}
        thead th{color:var(--soft);font-size:.9rem}
        tbody th{font-weight:600}
        tr:target{background:var(--head)}
        code{font-family:ui-monospace,"SF Mono",Consolas,"DejaVu Sans Mono",monospace;font-size:.9em;overflow-wrap:anywhere}
        .scroll code{white-space:pre-wrap;overflow-wrap:normal}
        pre{background:var(--area);border:1px solid var(--line);border-radius:.4rem;padding:.75rem;white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0}
        summary{cursor:pointer;padding:.4rem 0;overflow-wrap:anywhere}
        button{font:inherit;color:inherit;background:var(--head);border:1px solid var(--line);border-radius:.4rem;padding:.35rem .8rem;cursor:pointer}
        .tools span{color:var(--soft);margin-left:.75rem}
        .drawing{overflow:auto;border:1px solid var(--line);border-radius:.4rem;max-height:82vh;background:var(--paper)}
        .drawing.moving{cursor:grabbing;user-select:none}
        .diagram{display:block}
        @media print{header,.tools,.skip{display:none}.drawing{overflow:visible;max-height:none;border:0}.diagram{max-width:100%;height:auto}details::details-content{content-visibility:visible;display:block}main{padding:0}pre,tr{break-inside:avoid}}

        """;
}
