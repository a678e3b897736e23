using System.Collections.Immutable;
using Sluice.Diagram;

namespace Sluice.Documentation;

/// <summary>A database as a folder of static pages: nothing is asked of a server, and nothing of anybody else's.</summary>
public static class SiteWriter
{
    /// <summary>What the head of every file says, so that no file of others is taken for one.</summary>
    public const string Mark = "sluice docs";

    public static ImmutableArray<Page> Write(Site site)
    {
        var names = new PageNames(site.Database);
        var sketch = SketchBuilder.Build(site.Database, site.Comments);
        return
        [
            IndexPage.Write(site, names),
            DiagramPage.Write(site, names, sketch),
            .. site.Database.Tables.Select(t => TablePage.Write(site, names, t, sketch)),
            .. site.Database.Views.Select(v => ViewPage.Write(site, names, v)),
            .. names.HasEnums ? [EnumsPage.Write(site, names)] : ImmutableArray<Page>.Empty,
            .. PageNames.HasObjects(site) ? [ObjectsPage.Write(site, names)] : ImmutableArray<Page>.Empty,
            .. PageNames.HasHistory(site) ? [HistoryPage.Write(site, names)] : ImmutableArray<Page>.Empty,
            new Page("docs.css", SiteStyle.Css),
            new Page("docs.js", SiteScript.Text),
            new Page("names.js", NameList.Write(site, names)),
        ];
    }
}
