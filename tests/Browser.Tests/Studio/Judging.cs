using EventPlatform.Browser.Tests;

namespace Sluice.Browser.Tests.Studio;

/// <summary>One look at every screen: for axe-core, for the width, and for people in artifacts/screenshots.</summary>
internal sealed record Judging(Visitor Visitor, Screen Screen)
{
    private const string Violations = "async () => (await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html} ${n.failureSummary}`))";

    private static readonly string Axe = Path.Combine(Repository.Root, "src/Sluice.Studio/page/node_modules/axe-core/axe.min.js");

    public static readonly Screen[] Screens =
    [
        new("desktop-light", 1280, 800), new("desktop-dark", 1280, 800, IsDark: true), new("phone-light", 390, 844, IsPhone: true), new("phone-dark", 390, 844, IsPhone: true, IsDark: true),
    ];

    /// <summary>With somebody who came in, on each screen.</summary>
    public static async Task EachAsync(Site site, StudioSite studio, Func<Judging, Task> look)
    {
        foreach (var screen in Screens)
        {
            await OnceAsync(site, studio, screen, look);
        }
    }

    public static async Task OnceAsync(Site site, StudioSite studio, Screen screen, Func<Judging, Task> look)
    {
        Assert.SkipUnless(File.Exists(Axe), "axe-core is not here: `.ci/page` says why");
        await using var visitor = await site.VisitAsync(screen, bypassPolicy: true, address: studio.Address);
        await visitor.Page.AddInitScriptAsync($"localStorage.setItem('sluice-studio-key', '{studio.Key}')");
        await visitor.Page.AddInitScriptAsync(await File.ReadAllTextAsync(Axe));
        await look(new Judging(visitor, screen));
    }

    /// <param name="rules">Also by axe-core; it takes a second.</param>
    public async Task JudgeAsync(string name, bool rules = true)
    {
        await Visitor.KeepAsync($"studio-{name}-{Screen.Name}");
        // Both sets of colours and both widths, each once: the rules look at one or the other.
        if (rules && Screen.IsDark == Screen.IsPhone)
        {
            var wrong = await Visitor.Page.EvaluateAsync<string[]>(Violations);
            Assert.True(wrong.Length == 0, $"{name}, {Screen.Name}: {string.Join('\n', wrong)}");
        }

        var wide = await Visitor.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(wide <= 0, $"{name}, {Screen.Name}: {wide} px too wide");
    }
}
