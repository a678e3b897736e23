using System.Diagnostics;
using System.Globalization;

namespace Sluice.Bench.Auth;

/// <summary>A design as a process of its own.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Process process;

    private Server(Process process, string design, Uri address) => (this.process, Design, Address) = (process, design, address);

    public string Design { get; }

    public Uri Address { get; }

    /// <summary>What it has used of the processors until now.</summary>
    public TimeSpan Processor => Load.ProcessorOf(process.Id);

    /// <summary>What those of its threads have used that only hash.</summary>
    public TimeSpan Hashing => Load.ProcessorOf(process.Id, "hashes");

    public static async Task<Server> StartAsync(string design, string database, string redis, string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["serve", design, database, redis, folder]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        var process = Process.Start(start)!;
        Uri? address = null;
        const string Listening = "Now listening on: ";
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                address = new Uri(line[(at + Listening.Length)..].Trim());
            }

            if (address is not null && (design != "sluice" || line == "seeded"))
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return new Server(process, design, address);
            }
        }

        throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"the server `{design}` ended at start"));
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
