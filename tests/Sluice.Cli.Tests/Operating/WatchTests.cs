using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Sluice.Cli.Tests.Operating;

/// <summary>`monitor` as something that goes on: a page, a webhook, a collector, Prometheus.</summary>
public sealed class WatchTests
{
    private const string Sessions = """
        CREATE TABLE sessions (id int PRIMARY KEY, "expiresAt" timestamptz NOT NULL);
        """;

    private const string Many = "INSERT INTO sessions SELECT n, now() + interval '1 hour' FROM generate_series(1, 20) AS n";
    private static readonly string Tools = Path.Combine(Repository.Root, "tests/Sluice.Cli.Tests/Operating/Prometheus");
    private static readonly string Promtool = Path.Combine(Repository.Root, ".sluice/prometheus/promtool");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_webhook_is_told_of_a_breach_once_and_of_its_end_once()
    {
        await using var work = await CreateAsync("env(WEBHOOK_URL)");
        await using var listener = await Listener.StartAsync();
        work.Environment["WEBHOOK_URL"] = listener.Address + "/canary-in-the-path";
        (await work.RunAsync("monitor")).Ends(0);
        Assert.Empty(listener.Take());

        await work.Database.ExecuteAsync(Many);
        // However many look at once, while the message is on its way: one message.
        listener.Pause = TimeSpan.FromSeconds(1);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => work.RunAsync("monitor"))), run => run.Ends(1));
        var breach = JsonDocument.Parse(Assert.Single(listener.Take()).Body).RootElement;
        Assert.Equal(work.Database.Name, breach.GetProperty("database").GetString());
        Assert.Contains("critical sessions public.sessions: 20 active of 20", breach.GetProperty("text").GetString(), StringComparison.Ordinal);
        var change = Assert.Single(breach.GetProperty("changes").EnumerateArray());
        Assert.Equal(("breach", "sessions", "critical", "ok"), (change.GetProperty("event").GetString(), change.GetProperty("figure").GetString(), change.GetProperty("verdict").GetString(), change.GetProperty("before").GetString()));
        listener.Pause = TimeSpan.Zero;
        (await work.RunAsync("monitor")).Ends(1);
        Assert.Empty(listener.Take());

        // Who does not take it is told again, and what goes wrong is said without the address's secret.
        await work.Database.ExecuteAsync("DELETE FROM sessions");
        listener.Answer = 500;
        var refused = (await work.RunAsync("monitor")).Ends(1).Warns("The webhook at 127.0.0.1 was not told: it answered 500");
        Assert.DoesNotContain("canary", refused.Error + refused.Output + work["logs/monitor.json"], StringComparison.Ordinal);
        listener.Answer = 200;
        (await work.RunAsync("monitor")).Ends(0);
        Assert.Equal("cleared", JsonDocument.Parse(Assert.Single(listener.Take()).Body).RootElement.GetProperty("changes")[0].GetProperty("event").GetString());
        (await work.RunAsync("monitor")).Ends(0);
        Assert.Empty(listener.Take());
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_told_of_and_the_command_fails_as_it_did()
    {
        await using var work = await CreateAsync(null);
        await using var listener = await Listener.StartAsync();
        const string Nowhere = "postgresql://x:canary-password@127.0.0.1:1/x";
        (await work.RunAsync("monitor", "--url", Nowhere, "--webhook", listener.Address)).Ends(1).Warns("P1001");
        (await work.RunAsync("monitor", "--url", Nowhere, "--otlp", listener.Address)).Ends(1).Warns("P1001");
        var said = listener.Take();
        var pushed = said[1];
        Assert.Equal("/v1/metrics", pushed.Path);
        Assert.Contains("sluice_up", pushed.Body, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1/x", pushed.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("sluice_connections", pushed.Body, StringComparison.Ordinal);
        var told = said[0].Body;
        Assert.Equal(2, said.Count);
        Assert.Contains("critical answers", told, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("monitor --webhook mailto:x", "--webhook is no address of the web")]
    [InlineData("monitor --webhook env(NOWHERE)", "`NOWHERE`, which is not set")]
    [InlineData("monitor --otlp collector", "--otlp is no address of the web")]
    [InlineData("monitor --watch often", "--watch is `often`")]
    [InlineData("monitor --watch 0s", "--watch is `0s`")]
    [InlineData("monitor --prometheus x", "--prometheus is `x`")]
    [InlineData("monitor --prometheus --listen nowhere", "--listen is `nowhere`")]
    [InlineData("monitor --listen 0.0.0.0", "--listen goes with --prometheus")]
    [InlineData("monitor --prometheus --watch", "--watch does not go with it")]
    public async Task A_slip_is_named(string commandLine, string message)
    {
        await using var work = await CreateAsync(null);
        (await work.RunAsync(commandLine.Split(' '))).Ends(1).Warns(message);
    }

    [Fact]
    public async Task A_watch_says_what_changes_tells_the_collector_and_ends_with_the_last_look()
    {
        await using var work = await CreateAsync(null);
        await using var collector = await Listener.StartAsync();
        using var watch = Tool.Start(work.Folder, work.Environment, "monitor", "--watch", "1s", "--otlp", collector.Address);
        try
        {
            await Wait.UntilAsync(() => collector.Take().Any(h => h.Path == "/v1/metrics" && h.Body.Contains("sluice_sessions_active", StringComparison.Ordinal) && h.Body.Contains(work.Database.Name, StringComparison.Ordinal)), "the collector hears nothing");
            await work.Database.ExecuteAsync(Many);
            Assert.Contains("critical sessions public.sessions: 20 active of 20", await watch.StandardOutput.ReadLineAsync(Stop), StringComparison.Ordinal);
            await work.Database.ExecuteAsync("DELETE FROM sessions");
            Assert.Contains("cleared sessions public.sessions: 0 active of 0", await watch.StandardOutput.ReadLineAsync(Stop), StringComparison.Ordinal);
            await work.Database.ExecuteAsync(Many);
            Assert.Contains("critical", await watch.StandardOutput.ReadLineAsync(Stop), StringComparison.Ordinal);
            await EndAsync(watch);
            Assert.Equal(1, watch.ExitCode);
        }
        finally
        {
            watch.Kill();
        }
    }

    [Fact]
    public async Task On_a_terminal_a_watch_draws_its_page_in_its_place()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "no `script` program to make a terminal with");
        await using var work = await CreateAsync(null);
        // Ended from outside after it has drawn twice, which the record of the terminal tells.
        var run = await Tool.OnTerminalAsync(
            work.Folder, work.Environment, "", "monitor --watch 1s & until grep -aqE '\\[[0-9]+A' page || ! kill -0 $!; do sleep 0.1; done; kill -TERM $!; wait $!", record: "page");
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("\e[?2026h\e[?7l\r", run.Output, StringComparison.Ordinal);
        Assert.Matches("\e\\[\\d+A\r", run.Output);
        Assert.EndsWith("\e[J\e[?7h\e[?2026l", run.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("public.sessions", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prometheus_gets_metrics_that_others_can_read_once_a_second_and_learns_that_a_database_is_gone()
    {
        await using var work = await CreateAsync(null);
        await work.Database.ExecuteAsync(Many + "; CREATE TABLE \"we\"\"ird\\name\" (id int)");
        using var exporter = Tool.Start(work.Folder, work.Environment, "monitor", "--prometheus", "0");
        try
        {
            var line = await exporter.StandardOutput.ReadLineAsync(Stop) ?? await exporter.StandardError.ReadToEndAsync(Stop);
            Assert.StartsWith("Metrics: http://127.0.0.1:", line, StringComparison.Ordinal);
            using var client = new HttpClient();
            var address = new Uri(line["Metrics: ".Length..]);
            // However many ask at once, they get one reading.
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.GetStringAsync(address, Stop)));
            Assert.Single(answers.Distinct(StringComparer.Ordinal));
            Assert.Equal(System.Net.HttpStatusCode.NotFound, (await client.GetAsync(new Uri(address, "/"), Stop)).StatusCode);
            using var rebound = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Host = "attacker.example" } };
            Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await client.SendAsync(rebound, Stop)).StatusCode);
            (await work.RunAsync("monitor", "--prometheus", address.Port.ToString(CultureInfo.InvariantCulture))).Ends(1).Warns("is taken by another program");
            (await work.RunAsync("monitor", "--prometheus", "0", "--listen", "192.0.2.1")).Ends(1).Warns("cannot be listened on");
            var text = answers[0];
            Assert.Contains($"sluice_up{{database=\"{work.Database.Name}\"}} 1\n", text, StringComparison.Ordinal);
            Assert.Contains($"sluice_sessions_active{{database=\"{work.Database.Name}\",table=\"public.sessions\"}} 20\n", text, StringComparison.Ordinal);
            await ReadByOthersAsync(text, work.Database.Name);

            await using (var other = await TestDatabase.CreateAsync())
            {
                await other.ExecuteAsync($"ALTER DATABASE \"{work.Database.Name}\" ALLOW_CONNECTIONS false");
            }

            await Wait.UntilAsync(async () => await client.GetStringAsync(address, Stop) == $"# HELP sluice_up Whether the database answered.\n# TYPE sluice_up gauge\nsluice_up{{database=\"{work.Database.Name}\"}} 0\n", "it goes on being up");
            await EndAsync(exporter);
            Assert.Equal(0, exporter.ExitCode);
        }
        finally
        {
            exporter.Kill();
        }
    }

    [Fact]
    public async Task A_server_that_says_nothing_does_not_hold_a_scrape_up()
    {
        await using var work = await CreateAsync(null);
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        work.Environment.Remove("DB_CONNECTION_TIMEOUT_MS");
        using var exporter = Tool.Start(work.Folder, work.Environment, "monitor", "--prometheus", "0", "--url", $"postgresql://x@{silent.LocalEndpoint}/app?connect_timeout=1");
        try
        {
            var line = await exporter.StandardOutput.ReadLineAsync(Stop);
            using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
            Assert.EndsWith("sluice_up{database=\"app\"} 0\n", await client.GetStringAsync(new Uri(line!["Metrics: ".Length..]), Stop), StringComparison.Ordinal);
            await EndAsync(exporter);
        }
        finally
        {
            exporter.Kill();
        }
    }

    [Fact]
    public async Task Failed_backups_are_counted_until_one_is_proved()
    {
        await using var work = await CreateAsync(null);
        var role = $"sluice_backup_{Guid.NewGuid():n}";
        await work.Database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'x'; GRANT CREATE ON DATABASE \"{work.Database.Name}\" TO {role}");
        try
        {
            var url = new UriBuilder(work.Database.Url) { UserName = role, Password = "x" }.Uri.ToString();
            foreach (var (word, count) in new[] { ("warning", 1), ("critical", 2) })
            {
                (await work.RunAsync("backup", "--url", url)).Ends(1);
                (await work.RunAsync("monitor")).Ends(1).Says(word, $"{count} failed in a row", "sluice backup");
            }

            await work.Database.ExecuteAsync($"GRANT USAGE ON SCHEMA sluice TO {role}");
            (await work.RunAsync("backup")).Ends(0);
            (await work.RunAsync("monitor")).Ends(0).Says("none failed since the last", " old");
            Assert.Equal("failed,failed,ok", await work.QueryAsync("SELECT string_agg(outcome, ',' ORDER BY id) FROM sluice.runs WHERE command = 'backup'"));
            (await work.RunAsync("doctor")).Says("journal");
        }
        finally
        {
            await work.Database.ExecuteAsync($"REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task A_backup_that_fails_before_a_migration_counts_too()
    {
        await using var work = await CreateAsync(null);
        work.Schema(Workspace.Users);
        work.Migration("20250101000000_more", "DELETE FROM sessions;");
        (await work.RunAsync("migrate", "resolve", "--applied", "20250101000000_more")).Ends(0);
        work.Migration("20250102000000_more", "DELETE FROM sessions;");
        work.Write("backups", "a file where the folder should be");
        (await work.RunAsync("migrate", "deploy")).Ends(1);
        (await work.RunAsync("monitor")).Ends(1).Says("1 failed in a row");
    }

    private static async Task ReadByOthersAsync(string text, string database)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Tools, "node_modules")) && File.Exists(Promtool), "not installed: .ci/prometheus");
        var families = JsonDocument.Parse(await PipeAsync(text, "node", Path.Combine(Tools, "parse.mjs"))).RootElement.EnumerateArray().ToDictionary(f => f.GetProperty("name").GetString()!);
        Assert.All(families.Values, f => Assert.NotEmpty(f.GetProperty("help").GetString()!));
        Assert.Equal("COUNTER", families["sluice_index_scans_total"].GetProperty("type").GetString());
        Assert.Equal("GAUGE", families["sluice_database_bytes"].GetProperty("type").GetString());
        Assert.Contains(families["sluice_table_bytes"].GetProperty("metrics").EnumerateArray(), m => m.GetProperty("labels").GetProperty("table").GetString() == "public.\"we\"\"ird\\name\"");
        Assert.All(families.Values.SelectMany(f => f.GetProperty("metrics").EnumerateArray()), m =>
        {
            Assert.Equal(database, m.GetProperty("labels").GetProperty("database").GetString());
            Assert.True(double.TryParse(m.GetProperty("value").GetString(), CultureInfo.InvariantCulture, out _));
        });
        // It also judges names, and says what it does not like.
        Assert.Equal("", await PipeAsync(text, Promtool, "check", "metrics"));
    }

    private static async Task<string> PipeAsync(string text, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await process.StandardInput.WriteAsync(text);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(Stop);
        var output = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.True(process.ExitCode == 0, output + await error);
        return output;
    }

    private static async Task EndAsync(Process process)
    {
        using var signal = Process.Start("/bin/kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(Stop);
    }

    private static async Task<LiveWorkspace> CreateAsync(string? webhook)
    {
        var work = await LiveWorkspace.CreateAsync(sql: Sessions);
        // How many connections the server has is the other tests' doing.
        work.Write("sluice.json", JsonSerializer.Serialize(new
        {
            monitor = webhook is null
                ? (object)new { thresholds = new Dictionary<string, int[]?> { ["connections"] = null, ["sessions"] = [5, 10] } }
                : new { thresholds = new Dictionary<string, int[]?> { ["connections"] = null, ["sessions"] = [5, 10] }, webhook },
        }));
        return work;
    }
}
