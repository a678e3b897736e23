using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Backup;

/// <summary>Takes a backup elsewhere by a program of the user's, started without a shell: its arguments reach it as they are.</summary>
internal static class Upload
{
    private const int Shown = 5;

    /// <exception cref="ProblemException">SL5112: it could not be started, or its exit code is not 0.</exception>
    public static async Task RunAsync(ImmutableArray<string> command, string archive, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(command[0], [.. command.Skip(1), archive, BackupManifest.PathFor(archive)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Start(start, archive);
        process.StandardInput.Close();
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            var output = await process.StandardOutput.ReadToEndAsync(cancellation);
            var said = $"{output}\n{await errors}".Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0)
            {
                throw Failed(command[0], archive, string.Create(CultureInfo.InvariantCulture, $"ended with exit code {process.ExitCode}") + string.Concat(said.TakeLast(Shown).Select(l => $"\n  {Redaction.Clean(l)}")));
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(ProcessStartInfo start, string archive)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw Failed(start.FileName, archive, $"could not be started: {missing.Message}");
        }
    }

    private static ProblemException Failed(string program, string archive, string what) => new(new Problem(
        "SL5112", $"The backup was not uploaded: `{program}` {what}")
    {
        Remedies = [$"It was proved, and lies in {archive}; no older one was removed.", "Mend the upload, then take it there with its manifest beside it, or run the command again."],
    });
}
