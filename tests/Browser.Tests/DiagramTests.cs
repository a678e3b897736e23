using Sluice.Catalog;
using Sluice.Diagram;

namespace EventPlatform.Browser.Tests;

public sealed class DiagramTests(Site site)
{
    // Every text as the browser draws it: inside its box, and a name before its type.
    private const string Cut = """
        () => [...document.querySelectorAll('svg .box')].flatMap(box => {
          const frame = box.querySelector('.body').getBoundingClientRect();
          const texts = [...box.querySelectorAll('text')].map(t => ({ text: t.textContent, of: t.closest('[data-column]') ?? box, at: t.getBoundingClientRect() }));
          const out = texts.filter(t => t.at.left < frame.left + 2 || t.at.right > frame.right - 2);
          const on = texts.filter(t => texts.some(o => o !== t && o.of === t.of && o.at.left >= t.at.left && t.at.right > o.at.left + 0.5));
          return [...out, ...on].map(t => `${box.id}: ${t.text}`);
        })
        """;

    [Fact]
    public async Task No_label_of_200_tables_is_cut()
    {
        await using var visitor = await site.VisitAsync(Screen.Desktop, bypassPolicy: true);
        await ShowAsync(visitor, LargeDatabase.Create());
        Assert.Equal(200, await visitor.Page.Locator("[data-table]").CountAsync());
        Assert.Empty(await visitor.Page.EvaluateAsync<string[]>(Cut));
    }

    [Fact]
    public async Task No_label_is_cut_in_any_script()
    {
        string[] names = ["mmmmmmmmmmmmmmmmmmmmWWWWWWWWWWWWWWWWWWWW@@@@@@@@@@", "iiiiiiiillllll....", "ÄÖÜßñçéàøåŁŁŁŁŁŁ", "ДЖЮЩЖЩЮЩЖЩЮЩЖЩ", "注文明細注文明細注文明細", "הזמנות_ارقام", "🦊🦊🦊🦊🦊🦊🦊", "  spaces   inside  ", "ααωωΩΩΩΩ"];
        var database = Database.Empty with
        {
            Tables = [.. names.Select(n => new Table(new("public", n), [.. names.Select(c => new Column(c, new ColumnType.Unsupported(n), default, null, false))], new PrimaryKey("k", [new(names[0], false, null)]), [], []))],
        };
        await using var visitor = await site.VisitAsync(Screen.Desktop, bypassPolicy: true);
        await ShowAsync(visitor, database);
        Assert.Empty(await visitor.Page.EvaluateAsync<string[]>(Cut));
    }

    private static async Task ShowAsync(Visitor visitor, Database database)
    {
        var drawing = DiagramLayout.Arrange(SketchBuilder.Build(database, Comments.Of(database)));
        await visitor.Page.SetContentAsync($"<!doctype html><meta charset=utf-8><body>{SvgWriter.Write(drawing, new SvgSettings("tables"))}");
    }
}
