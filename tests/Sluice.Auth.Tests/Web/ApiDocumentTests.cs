using System.Diagnostics;
using System.Text.Json;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Web;

/// <summary>docs/openapi.json is the document of the API as it is, and the one that sluice-auth serves: `SLUICE_ACCEPT=1` writes it anew.</summary>
public sealed class ApiDocumentTests
{
    private static readonly string Kept = Path.Combine(Repository.Root, "docs/openapi.json");
    private static readonly string Spectral = Path.Combine(Repository.Root, "tests/Sluice.Auth.Tests/Web/Spectral");

    [Fact]
    public async Task The_document_has_every_route_as_it_is_with_an_example_of_every_body_and_the_codes_of_every_refusal()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, RefusalsTests.Everything);

        var document = await ApiDocument.WriteAsync(node);
        if (Environment.GetEnvironmentVariable("SLUICE_ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(Kept, document, TestContext.Current.CancellationToken);
        }

        Assert.True(await File.ReadAllTextAsync(Kept, TestContext.Current.CancellationToken) == document, "docs/openapi.json is out of date: SLUICE_ACCEPT=1 ./test");
        using var json = JsonDocument.Parse(document);
        var operations = json.RootElement.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(o => (Name: $"{o.Name} {p.Name}", o.Value))).ToList();
        Assert.Equal(node.AuthEndpoints.Count, operations.Count);
        Assert.Empty(operations.SelectMany(o => Contents(o.Value).Where(c => !c.Content.TryGetProperty("example", out _) && !c.Content.TryGetProperty("examples", out _)).Select(c => $"{o.Name}: {c.Where}")));
    }

    [Fact]
    public async Task The_server_serves_it_with_its_own_address()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var server = await ServerProcess.StartAsync(database.Url, ("SluiceAuth__Issuer", "https://accounts.example.org"));
        using var client = new HttpClient { BaseAddress = server.Address };

        using var response = await client.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(
            (await File.ReadAllTextAsync(Kept, TestContext.Current.CancellationToken)).Replace(TestNode.Issuer, "https://accounts.example.org", StringComparison.Ordinal),
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Spectral_finds_nothing_in_it()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Spectral, "node_modules")), "not installed: .ci/openapi-lint");
        using var lint = Process.Start(new ProcessStartInfo("node", ["node_modules/.bin/spectral", "lint", Kept, "--ruleset", "ruleset.yaml", "--fail-severity", "hint"]) { WorkingDirectory = Spectral, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, errors) = (lint.StandardOutput.ReadToEndAsync(), lint.StandardError.ReadToEndAsync());
        await lint.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(lint.ExitCode == 0, await said + await errors);
    }

    private static IEnumerable<(string Where, JsonElement Content)> Contents(JsonElement operation)
    {
        foreach (var content in operation.TryGetProperty("requestBody", out var body) ? body.GetProperty("content").EnumerateObject() : default)
        {
            yield return ($"body {content.Name}", content.Value);
        }

        foreach (var response in operation.GetProperty("responses").EnumerateObject())
        {
            foreach (var content in response.Value.TryGetProperty("content", out var contents) ? contents.EnumerateObject() : default)
            {
                yield return ($"{response.Name} {content.Name}", content.Value);
            }
        }
    }
}
