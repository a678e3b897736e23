using System.Diagnostics;
using System.Globalization;
using Sluice.Cli.Projects;
using Sluice.Postgres.Connecting;

namespace Sluice.Cli.Commands;

/// <summary>A seed command as a process of the shell, with the database's address in its environment.</summary>
internal static class SeedProcess
{
    /// <summary>Runs it to its end; answers with its exit code.</summary>
    public static async Task<int> RunAsync(Seed.Command seed, string[] arguments, Project project, DatabaseAddress address, CancellationToken stop)
    {
        using var process = Process.Start(StartInfo(seed, arguments, project, address)) ?? throw new UnreachableException("a new process was asked for");
        try
        {
            await process.WaitForExitAsync(stop);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    // What the command prints is talk, so it goes to stderr: stdout stays this tool's own.
    private static ProcessStartInfo StartInfo(Seed.Command seed, string[] arguments, Project project, DatabaseAddress address)
    {
        string[] shell = OperatingSystem.IsWindows()
            ? ["cmd.exe", "/c", $"{seed.Text} {string.Join(' ', arguments.Select(a => $"\"{a}\""))} 1>&2"]
            : ["/bin/sh", "-c", $"exec 1>&2\n{seed.Text}{(arguments.Length == 0 ? "" : " \"$@\"")}", "seed", .. arguments];
        var start = new ProcessStartInfo(shell[0], shell.Skip(1)) { WorkingDirectory = seed.WorkingFolder };
        start.Environment["PATH"] = string.Join(Path.PathSeparator, Path.Combine(seed.WorkingFolder, "node_modules", ".bin"), Environment.GetEnvironmentVariable("PATH"));

        // Servers that a build leaves running would keep this environment, and the password in it.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        foreach (var (name, value) in Variables(project, address))
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>What the `.env` files say, and above it the address under every name that it could be looked for; null where it must not be found.</summary>
    private static IEnumerable<(string Name, string? Value)> Variables(Project project, DatabaseAddress address)
    {
        foreach (var (name, value) in project.Variables.FromFiles.Where(v => Environment.GetEnvironmentVariable(v.Key) is null))
        {
            yield return (name, value);
        }

        foreach (var name in new[] { "DATABASE_URL", project.Datasource?.Url?.EnvironmentVariable, project.Datasource?.DirectUrl?.EnvironmentVariable }.OfType<string>())
        {
            yield return (name, address.ToUrl());
        }

        yield return ("DB_HOST", address.Host);
        yield return ("DB_PORT", address.Port.ToString(CultureInfo.InvariantCulture));
        yield return ("DB_NAME", address.Database);
        yield return ("DB_USER", address.User);
        yield return ("DB_PASSWORD", address.Password);
        yield return ("DB_SSL_MODE", address.Tls.Mode);
    }
}
