using System.Diagnostics;

namespace EventPlatform.Browser.Tests;

/// <summary>What the tests share: a database with the platform's schema and an app, a server on it, Debian's chromium.</summary>
public sealed class Site : IAsyncLifetime
{
    private const string Apps = """
        INSERT INTO "apps" ("id", "appId", "name", "description", "manifest", "updatedAt") VALUES
          ('cmjbrowser0000app00000001', 'lucky-draw', 'Lucky draw', 'Draws winners among those present', '{"entry": "/apps/lucky-draw"}', now());
        INSERT INTO "rooms" ("id", "appId", "title", "status", "isPublic", "startsAt", "updatedAt")
          SELECT 'cmjbrowser0000room' || to_char(n, 'FM0000000'), 'cmjbrowser0000app00000001', 'Rained off ' || n, 'CANCELLED', true, now(), now() FROM generate_series(1, 15) AS n;
        """;

    private IPlaywright? playwright;
    private IBrowser? browser;
    private TestDatabase? database;
    private Server? server;

    public static string Screenshots { get; } = Path.Combine(Repository.Root, "artifacts", "screenshots");

    public const string Missing = "chromium is not here, and .ci/chromium could not have it";

    /// <summary>How long is waited for what a page is to show, in milliseconds.</summary>
    public static float Patience { get; } = (float)Wait.Patience.TotalMilliseconds;

    public bool IsMissing => browser is null;

    public Server Server
    {
        get
        {
            Assert.SkipWhen(IsMissing, Missing);
            return server!;
        }
    }

    public string DatabaseUrl => database!.Url;

    public async ValueTask InitializeAsync()
    {
        if (await RunAsync(".ci/chromium") is not (0, { Length: > 0 } chromium))
        {
            return;
        }

        database = await TestDatabase.CreateAsync();
        var (code, said) = await RunAsync("sluice", "migrate", "deploy", "--no-backup", "--url", database.Url, "--schema", Path.Combine(Repository.Root, "examples/event-platform/schema.prisma"));
        Assert.True(code == 0, said);
        await database.ExecuteAsync(Apps);
        server = await Server.StartAsync(database.Url);
        // Its own are for a machine that has nothing else to do.
        SetDefaultExpectTimeout(Patience);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium.Trim(), Timeout = Patience });
        Directory.CreateDirectory(Screenshots);
    }

    /// <summary>A browser of its own for one person: nothing is shared but the program.</summary>
    public async Task<Visitor> VisitAsync(Screen screen, Server? at = null, bool bypassPolicy = false, string? address = null)
    {
        Assert.SkipWhen(IsMissing, Missing);
        var context = await browser!.NewContextAsync(new()
        {
            BaseURL = address ?? (at ?? Server).Address,
            ViewportSize = screen.Size,
            HasTouch = screen.IsPhone,
            IsMobile = screen.IsPhone,
            ColorScheme = screen.IsDark ? ColorScheme.Dark : ColorScheme.Light,
            Locale = "en-GB",
            BypassCSP = bypassPolicy,
        });
        return new Visitor(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.CloseAsync();
        }

        playwright?.Dispose();
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    /// <summary>A script of the checkout, and what it printed.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, script), arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true };
        start.Environment.Remove("DATABASE_URL");
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}

/// <summary>What somebody looks at.</summary>
public sealed record Screen(string Name, int Width, int Height, bool IsPhone = false, bool IsDark = false)
{
    public static readonly Screen Desktop = new("desktop", 1100, 800);
    public static readonly Screen Phone = new("phone", 390, 844, IsPhone: true);
    public static readonly Screen SmallDark = new("small", 320, 640, IsPhone: true, IsDark: true);

    public static readonly Screen[] All = [Desktop, Phone, SmallDark];

    public ViewportSize Size => new() { Width = Width, Height = Height };

    public static Screen Of(string name) => All.Single(s => s.Name == name);
}

/// <summary>A page, and what went wrong in it that nobody sees.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly List<string> wrong = [];

    public Visitor(IBrowserContext context, IPage page)
    {
        (this.context, Page) = (context, page);
        context.SetDefaultTimeout(Site.Patience);
        page.PageError += (_, error) => wrong.Add(error);
        page.Console += (_, said) =>
        {
            // A refusal is no fault of the page; the browser writes it all the same.
            if (said.Type is "error" or "warning" && !said.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                wrong.Add(said.Text);
            }
        };
    }

    public IPage Page { get; }

    public ILocator Id(string id) => Page.Locator($"#{id}");

    public Task GoAsync(string path) => Page.GotoAsync(path);

    public async Task SignInAsync(Person person, string then)
    {
        await GoAsync($"/sign-in?then={Uri.EscapeDataString(then)}");
        await Id("sign-in-identifier").FillAsync(person.Address);
        await Id("sign-in-password").FillAsync(Person.Password);
        await Id("sign-in-submit").ClickAsync();
        await Expect(Id("sign-out")).ToBeVisibleAsync();
    }

    public async Task SignUpAsync(string name, string then)
    {
        await GoAsync($"/sign-up?then={Uri.EscapeDataString(then)}");
        await Id("sign-up-displayName").FillAsync(name);
        await Id("sign-up-email").FillAsync($"{name.ToLowerInvariant()}-{Guid.NewGuid():n}@example.com");
        await Id("sign-up-password").FillAsync(Person.Password);
        await Id("sign-up-submit").ClickAsync();
        await Expect(Id("sign-out")).ToBeVisibleAsync();
    }

    public Task<byte[]> KeepAsync(string name) => Page.ScreenshotAsync(new() { Path = Path.Combine(Site.Screenshots, $"{name}.png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });

    public async ValueTask DisposeAsync()
    {
        await context.CloseAsync();
        Assert.Empty(wrong);
    }
}
