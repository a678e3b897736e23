using System.Diagnostics;
using System.Text.Json.Nodes;

namespace EventPlatform.Browser.Tests;

public sealed class ReadmeTests(Site site)
{
    [Fact]
    public async Task Every_request_of_the_README_is_answered_as_it_stands_there()
    {
        var known = new Dictionary<string, string>();
        var lines = File.ReadLines(Path.Combine(Repository.Root, "examples/event-platform/README.md")).Where(l => l.StartsWith("curl ", StringComparison.Ordinal)).ToList();
        Assert.Equal(8, lines.Count);
        foreach (var line in lines[..^1])
        {
            var (code, output) = await RunAsync(line, known);
            Assert.True(code == 0, $"{line}: {output}");
            if (JsonNode.Parse(output) is { } json && json["accessToken"] is { } token)
            {
                known.Add(known.ContainsKey("TOKEN") ? "GUEST" : "TOKEN", (string)token!);
            }
            else if (line.Contains("/prizes ", StringComparison.Ordinal) || line.Contains("/rooms ", StringComparison.Ordinal))
            {
                known.Add(line.Contains("/prizes ", StringComparison.Ordinal) ? "PRIZE" : "ROOM", (string)JsonNode.Parse(output)!["id"]!);
            }
        }

        // The last one goes on until it is interrupted.
        using var watching = Start(lines[^1].Split('#')[0], known);
        var events = new List<string>();
        while (!events.Contains("event: watching") && await watching.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Wait.Patience, TestContext.Current.CancellationToken) is { } said)
        {
            events.Add(said);
        }

        watching.Kill(entireProcessTree: true);
        Assert.Contains("event: watching", events);
    }

    private async Task<(int Code, string Output)> RunAsync(string line, Dictionary<string, string> known)
    {
        using var process = Start(line, known);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }

    private Process Start(string line, Dictionary<string, string> known)
    {
        var start = new ProcessStartInfo("bash", ["-c", line.Replace("localhost:5000", site.Server.Address, StringComparison.Ordinal).Replace("curl ", "curl --fail-with-body ", StringComparison.Ordinal)]) { RedirectStandardOutput = true };
        foreach (var (name, value) in known)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
