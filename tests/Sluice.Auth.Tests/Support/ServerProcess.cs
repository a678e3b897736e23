using System.Diagnostics;
using System.Text;
using Sluice.Auth.Settings;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Support;

/// <summary>The program `sluice-auth` as a process of its own, on a port that it chose, ready to serve.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    // What the machine's own environment says must not leak into a test.
    private static readonly string[] Foreign = ["DATABASE_URL", "JWT_SECRET", "REDIS_URL", "ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"];

    private readonly Process process;
    private readonly Orphans guard;
    private readonly StringBuilder said = new();
    private readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process)
    {
        this.process = process;
        guard = Orphans.Prevent(process);
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Built beside these tests, in the same configuration.</summary>
    public static string Program { get; } = Path.Combine(
        Repository.Root, "src", "Sluice.Auth.Server", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "sluice-auth");

    public Uri Address => address.Task.Result;

    public string Said
    {
        get
        {
            lock (said)
            {
                return said.ToString();
            }
        }
    }

    /// <param name="settings">Further variables: `SluiceAuth__…`.</param>
    public static async Task<ServerProcess> StartAsync(string databaseUrl, params (string Name, string Value)[] settings)
    {
        var server = new ServerProcess(Process.Start(StartInfo(TestNode.Patient(databaseUrl), settings))!);
        var ended = server.process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (await Task.WhenAny(server.address.Task, ended) == ended)
        {
            Assert.Fail($"The server ended at start with {server.process.ExitCode}:\n{server.Said}");
        }

        return server;
    }

    /// <summary>The program with what it needs; for a command, with its arguments.</summary>
    public static ProcessStartInfo StartInfo(string databaseUrl, (string Name, string Value)[] settings, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var name in Foreign)
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in ((string, string)[])
                 [
                     ("DATABASE_URL", databaseUrl),
                     ("ASPNETCORE_URLS", "http://127.0.0.1:0"),
                     ("Logging__LogLevel__Default", "Warning"),
                     ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"),
                     ("SluiceAuth__Issuer", TestNode.Issuer),
                     ("SluiceAuth__Audience", TestNode.Audience),
                     ("SluiceAuth__Secret", TestNode.Secret),
                     ("SluiceAuth__Passwords__Argon2MemoryKiB", "7168"),
                     ("SluiceAuth__Passwords__Argon2Iterations", "1"),
                     // All tests come from one address.
                     .. typeof(RateLimitOptions).GetProperties().Select(l => ($"SluiceAuth__RateLimits__{l.Name}__Requests", "0")),
                     .. settings,
                 ])
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>SIGKILL: nothing is finished, nothing is said.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>SIGTERM: what is under way is finished.</summary>
    /// <returns>The code that it ended with.</returns>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        guard.Dispose();
        process.Dispose();
    }

    private void Hear(string? line)
    {
        lock (said)
        {
            said.AppendLine(line);
        }

        if (line?.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
        {
            address.TrySetResult(new Uri(line[(at + Listening.Length)..].Trim()));
        }
    }
}
