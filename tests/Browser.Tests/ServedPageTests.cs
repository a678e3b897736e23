namespace EventPlatform.Browser.Tests;

public sealed class ServedPageTests(Site site)
{
    [Fact]
    public async Task The_page_in_the_repository_is_what_its_sources_are_built_to()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Repository.Root, "examples/event-platform/page/node_modules")), "Node is not here: `.ci/page` says why");
        var fresh = Directory.CreateTempSubdirectory("sluice-page-");
        try
        {
            var (code, said) = await Site.RunAsync("examples/event-platform/page/build", fresh.FullName);
            Assert.True(code == 0, said);
            Assert.Equal(Files(fresh.FullName), Files(Path.Combine(Repository.Root, "examples/event-platform/page/dist")));
        }
        finally
        {
            fresh.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("/"), InlineData("/new"), InlineData("/rooms/anything")]
    public async Task The_document_is_asked_for_each_time_and_allows_files_of_its_own_origin_only(string path)
    {
        using var answer = await GetAsync(path);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("no-cache", answer.Headers.CacheControl!.ToString());
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        using var again = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        using var same = await site.Server.Http.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(304, (int)same.StatusCode);
    }

    [Fact]
    public async Task A_file_is_kept_for_ever_and_one_that_is_not_there_is_not_the_document()
    {
        var folder = Path.Combine(Repository.Root, "examples/event-platform/page/dist/assets");
        foreach (var file in Directory.GetFiles(folder).Select(Path.GetFileName))
        {
            using var answer = await GetAsync($"/assets/{file}");
            Assert.Equal("public, max-age=31536000, immutable", answer.Headers.CacheControl!.ToString());
        }

        foreach (var path in (string[])["/assets/no.js", "/assets/..%2findex.html", "/nowhere", "/api/v1/nowhere"])
        {
            using var answer = await GetAsync(path);
            Assert.Equal((404, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        }
    }

    [Fact]
    public async Task Another_site_s_page_does_not_sign_in()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/login") { Content = System.Net.Http.Json.JsonContent.Create(new { identifier = "a@example.com", password = Person.Password }) };
        request.Headers.Add("Origin", "https://example.com");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var answer = await site.Server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Contains("cross_site", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> GetAsync(string path) =>
        site.Server.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    private static SortedDictionary<string, string> Files(string folder) => new(
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(folder, f), File.ReadAllText), StringComparer.Ordinal);
}
