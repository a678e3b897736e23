using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Sluice.Cli.Projects;

/// <summary>The `git` program, asked questions only.</summary>
internal sealed class Git(string folder)
{
    /// <summary>What it answers on its standard output.</summary>
    /// <exception cref="StopException">There is no git, no repository, or no answer.</exception>
    public async Task<string> AskAsync(string purpose, string[] arguments, string? input, CancellationToken stop)
    {
        var start = new ProcessStartInfo("git")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        foreach (var argument in arguments.Prepend("--no-optional-locks"))
        {
            start.ArgumentList.Add(argument);
        }

        using var git = Begin(start);
        var output = git.StandardOutput.ReadToEndAsync(stop);
        var error = git.StandardError.ReadToEndAsync(stop);
        if (input is not null)
        {
            await git.StandardInput.WriteAsync(input.AsMemory(), stop);
        }

        git.StandardInput.Close();
        await git.WaitForExitAsync(stop);
        return git.ExitCode == 0
            ? await output
            : throw new StopException($"git could not tell {purpose}: {(await error).Trim() switch { "" => $"exit code {git.ExitCode}", var said => said }}");
    }

    private static Process Begin(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new StopException("There is no `git` on the PATH, and branches are compared with it.", null, "Install git, or run the command where it is.");
        }
    }
}
