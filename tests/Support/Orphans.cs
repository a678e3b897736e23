using System.Diagnostics;
using System.Globalization;

namespace Sluice.Tests.Support;

/// <summary>Ends a process that a test started when the test's own process ends, even by SIGKILL.</summary>
public sealed class Orphans : IDisposable
{
    // The end of its input comes when our process is gone; a line, when the other was ended in good order and its number may be anybody's.
    private const string Script = """
        trap '' INT TERM HUP
        read -r _ || kill -KILL "$1" 2>/dev/null
        """;

    private readonly Process guard;

    private Orphans(Process guard) => this.guard = guard;

    public static Orphans Prevent(Process process)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, WorkingDirectory = "/" };
        foreach (var argument in new[] { "-c", Script, "sh", process.Id.ToString(CultureInfo.InvariantCulture) })
        {
            start.ArgumentList.Add(argument);
        }

        return new Orphans(Process.Start(start)!);
    }

    public void Dispose()
    {
        guard.StandardInput.WriteLine();
        guard.Dispose();
    }
}
