using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;

namespace Sluice.Cli.Tests;

/// <summary>`studio` as a command; what its pages do is tried in Browser.Tests.</summary>
public sealed class StudioTests
{
    [Fact]
    public async Task It_prints_a_link_that_opens_says_who_has_the_port_and_ends_when_it_is_asked_to()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        var port = FreePort().ToString(CultureInfo.InvariantCulture);
        using var studio = Tool.Start(work.Folder, work.Environment, "studio", "--no-open", "--port", port);
        try
        {
            var line = await studio.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? await studio.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.StartsWith($"Studio: http://localhost:{port}/?token=", line, StringComparison.Ordinal);
            using (var browser = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.GZip }))
            {
                var page = await browser.GetStringAsync(new Uri(line["Studio: ".Length..]), TestContext.Current.CancellationToken);
                Assert.Contains("<title>Sluice Studio</title>", page, StringComparison.Ordinal);
            }

            (await work.RunAsync("studio", "--no-open", "--port", port)).Ends(1).Warns("SL5601", $"Port {port} is taken", "--port");
            (await work.RunAsync("studio", "--port", "0")).Ends(1).Warns("--port is 0", "1 to 65535");
            using var end = Process.Start("/bin/kill", ["-TERM", studio.Id.ToString(CultureInfo.InvariantCulture)]);
            await studio.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, studio.ExitCode);
        }
        finally
        {
            if (!studio.HasExited)
            {
                studio.Kill();
            }
        }
    }

    [Fact]
    public async Task What_it_starts_works_on_the_database_that_it_shows_or_not_at_all()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Environment["SLUICE_DATABASE_MEANT"] = "postgres@another:5432/production?schema=public";
        (await work.RunAsync("migrate", "status")).Ends(1).Warns("another database by now", "postgres@another:5432/production", "start it again");
    }

    // Not of those that the system gives to whoever connects, lest somebody has it by the time that the server begins.
    private static int FreePort()
    {
        int port;
        do
        {
            port = RandomNumberGenerator.GetInt32(20_000, 32_000);
        }
        while (IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(l => l.Port == port));

        return port;
    }
}
