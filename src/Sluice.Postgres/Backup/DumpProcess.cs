using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Backup;

/// <summary>
/// Runs `pg_dump` and `pg_restore`. What they need to connect is in their environment, which only their own account can
/// read; the command line, which everybody can, holds nothing of it.
/// </summary>
internal sealed class DumpProcess(DatabaseAddress address, DumpTools tools)
{
    // A newer pg_restore sets parameters that an older server has not; the comparison shows that nothing else is amiss.
    private const string UnknownParameter = "unrecognized configuration parameter";

    // The library takes these in place of what we say.
    private static readonly string[] Foreign =
        ["PGSERVICE", "PGSERVICEFILE", "PGHOSTADDR", "PGREQUIRESSL", "PGTARGETSESSIONATTRS", "PGCHANNELBINDING", "PGREQUIREAUTH", "PGOPTIONS", "PGPASSWORD"];

    /// <summary>Runs to the end; <paramref name="line"/> gets each line of talk.</summary>
    /// <param name="grace">How long it has to end by itself when it is cancelled.</param>
    /// <returns>The errors; empty when all went well.</returns>
    public async Task<ImmutableArray<string>> RunAsync(string program, IEnumerable<string> arguments, Action<string> line, CancellationToken cancellation, TimeSpan grace = default)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var secrets = new SecretFolder();
        Connect(start.Environment, secrets);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = await ErrorsAsync(process.StandardError, line, cancellation);
            await output;
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? []
                : errors switch
                {
                    [] => [string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(program)} ended with exit code {process.ExitCode}.")],
                    _ => [.. errors.Where(e => !e.Contains(UnknownParameter, StringComparison.Ordinal)).Select(e => Redaction.Clean(e, address))],
                };
        }
        catch (OperationCanceledException)
        {
            if (grace > TimeSpan.Zero)
            {
                using var asking = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
                process.WaitForExit(grace);
            }

            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>The table that a line of talk names at its end, in quotes; null when it says something else.</summary>
    public static string? TableOf(string line, string after) =>
        line.IndexOf(after, StringComparison.Ordinal) is >= 0 and var at ? line[(at + after.Length)..].Trim('"') : null;

    private static async Task<List<string>> ErrorsAsync(StreamReader talk, Action<string> line, CancellationToken cancellation)
    {
        var errors = new List<string>();
        while (await talk.ReadLineAsync(cancellation) is { } text)
        {
            if (text.Contains(": error: ", StringComparison.Ordinal) || text.Contains(": fatal: ", StringComparison.Ordinal))
            {
                errors.Add(text);
            }
            else if (text.Contains(": detail: ", StringComparison.Ordinal) && errors.Count > 0)
            {
                errors[^1] += " " + text;
            }

            line(text);
        }

        return errors;
    }

    private void Connect(IDictionary<string, string?> environment, SecretFolder secrets)
    {
        foreach (var name in Foreign)
        {
            environment.Remove(name);
        }

        void Set(string name, string? value)
        {
            if (value is not null)
            {
                environment[name] = value;
            }
        }

        Set("LC_ALL", "C");
        Set("PGHOST", address.Host);
        Set("PGPORT", address.Port.ToString(CultureInfo.InvariantCulture));
        Set("PGDATABASE", address.Database);
        Set("PGUSER", address.User);
        Set("PGAPPNAME", "sluice backup");
        Set("PGCONNECT_TIMEOUT", Math.Max(2, (int)Math.Ceiling(address.ConnectTimeout.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        Set("PGOPTIONS", address.Options);
        if (address.Password is { } password)
        {
            Set("PGPASSFILE", secrets.Write("pass", $"*:*:*:*:{password.Replace("\\", @"\\", StringComparison.Ordinal).Replace(":", @"\:", StringComparison.Ordinal)}\n"));
        }

        var tls = address.Tls;
        var verified = tls.Mode == "require" && !tls.AcceptInvalid ? "verify-full" : tls.Mode;
        Set("PGSSLMODE", verified);
        Set("PGSSLCERT", tls.ClientCertificate);
        Set("PGSSLKEY", tls.ClientKey);

        // Without a certificate of its own our driver trusts the system's; the library must be told to, and can since version 16.
        Set("PGSSLROOTCERT", tls.RootCertificate ?? (verified == "verify-full" && tools.Major >= 16 ? "system" : null));
        if (tls.ClientKeyPassword is { } key)
        {
            // No variable holds it; a service file does.
            Set("PGSERVICEFILE", secrets.Write("service", $"[sluice]\nsslpassword={key}\n"));
            Set("PGSERVICE", "sluice");
        }
    }

    /// <summary>Files for the child's eyes, gone when it is.</summary>
    private sealed class SecretFolder : IDisposable
    {
        private ScratchFolder? folder;

        public string Write(string name, string text)
        {
            folder ??= ScratchFolder.Create();
            using var file = new StreamWriter(PrivateFiles.Create(folder.Of(name)));
            file.Write(text);
            return folder.Of(name);
        }

        public void Dispose() => folder?.Dispose();
    }
}
