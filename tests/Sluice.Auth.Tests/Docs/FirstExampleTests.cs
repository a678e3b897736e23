using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Docs;

/// <summary>What docs/auth.md begins with is what runs here.</summary>
public sealed partial class FirstExampleTests
{
    [Fact]
    public async Task The_first_example_signs_in_and_guards_a_route_on_an_empty_database()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var app = FirstExample.Make(
            ["--urls=http://127.0.0.1:0", "--environment=Development", $"--DATABASE_URL={database.Url}", $"--AUTH_SECRET={TestNode.Secret}", "--Logging:LogLevel:Default=Error"]);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        using var stranger = await client.GetAsync("/hello");
        var ada = await SignedIn.OfAsync(await client.PostAsJsonAsync("/auth/v1/register", new { email = "ada@example.com", password = TestNode.Password }), HttpStatusCode.Created);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ada.Access);

        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.Equal($"Hello {ada.UserId}", await client.GetStringAsync("/hello"));
        await app.StopAsync();
    }

    [Fact]
    public void The_page_shows_the_lines_that_run()
    {
        var page = Block().Match(File.ReadAllText(Path.Combine(Repository.Root, "docs/auth.md"))).Groups["code"].Value;
        var code = Body().Match(File.ReadAllText(Path.Combine(Repository.Root, "tests/Sluice.Auth.Tests/Docs/FirstExample.cs"))).Groups["code"].Value;

        Assert.Equal(Lines(code).Append("app.Run();"), Lines(page).Where(l => !l.StartsWith("using ", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0);

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"Make\(string\[\] args\)\s*\{(?<code>.*?)return app;", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Body();
}
