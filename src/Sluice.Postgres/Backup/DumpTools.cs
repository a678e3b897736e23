using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Backup;

/// <summary>`pg_dump` and `pg_restore` of one installation.</summary>
/// <param name="Version">As they say it: `15.18`.</param>
internal sealed partial record DumpTools(string Folder, string Version)
{
    public string PgDump => Path.Combine(Folder, "pg_dump");

    /// <summary>Another program of the same package.</summary>
    public string Of(string program) => Path.Combine(Folder, program);

    public string PgRestore => Path.Combine(Folder, "pg_restore");

    public int Major => MajorOf(Version);

    public static int MajorOf(string version) =>
        int.TryParse(version.AsSpan(0, version.AsSpan().IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : version.Length), CultureInfo.InvariantCulture, out var major) ? major : 0;

    /// <summary>Those of the server's own major version, else the nearest newer ones: an older pg_dump refuses a newer server.</summary>
    /// <exception cref="ProblemException">SL5101 names the package.</exception>
    public static Task<DumpTools> RequireAsync(int major, CancellationToken cancellation) =>
        RequireAsync(Folders(), major, cancellation);

    public static async Task<DumpTools> RequireAsync(IEnumerable<string> folders, int major, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<DumpTools>();
        foreach (var folder in folders.Distinct(StringComparer.Ordinal))
        {
            if (await TryAsync(folder, cancellation) is not { } tools)
            {
                continue;
            }

            if (tools.Major == major)
            {
                return tools;
            }

            found.Add(tools);
        }

        return found.Where(t => t.Major > major).MinBy(t => t.Major) ?? throw new ProblemException(Missing(found, major));
    }

    private static Problem Missing(IReadOnlyCollection<DumpTools> older, int major)
    {
        var package = string.Create(CultureInfo.InvariantCulture, $"postgresql-client-{major}");
        var what = older.MaxBy(t => t.Major) is { } newest
            ? string.Create(CultureInfo.InvariantCulture, $"{newest.PgDump} is version {newest.Version}, too old for a server of version {major}")
            : "pg_dump and pg_restore were not found: not on the PATH, not in /usr/lib/postgresql/*/bin";
        return new Problem("SL5101", $"No backup can be taken: {what}.")
        {
            Remedies =
            [
                $"Install the package `{package}` (Debian, Ubuntu: `apt-get install {package}`; Fedora: `dnf install postgresql`; macOS: `brew install libpq`).",
                "Or go on without a backup where the command has `--no-backup`, if you have one of your own.",
            ],
        };
    }

    private static async Task<DumpTools?> TryAsync(string folder, CancellationToken cancellation)
    {
        var dump = folder.Length == 0 ? "" : Path.Combine(folder, "pg_dump");
        if (!File.Exists(dump) || !File.Exists(Path.Combine(folder, "pg_restore")))
        {
            return null;
        }

        // Debian's wrapper picks a version by a cluster of its own; the real programs are found where it finds them.
        if (File.ResolveLinkTarget(dump, returnFinalTarget: true) is { Name: "pg_wrapper" })
        {
            return null;
        }

        using var process = Process.Start(new ProcessStartInfo(dump, "--version") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        var said = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return VersionNumber().Match(said) is { Success: true } version ? new DumpTools(folder, version.Value) : null;
    }

    private static IEnumerable<string> Folders() =>
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator),
        .. Below("/usr/lib/postgresql", "*"),
        .. Below("/usr", "pgsql-*"),
        "/usr/local/pgsql/bin",
        "/opt/homebrew/opt/libpq/bin",
        "/usr/local/opt/libpq/bin",
    ];

    private static IEnumerable<string> Below(string parent, string pattern) =>
        Directory.Exists(parent) ? Directory.GetDirectories(parent, pattern).Select(d => Path.Combine(d, "bin")) : [];

    [GeneratedRegex(@"\d+(\.\d+)*", RegexOptions.CultureInvariant)]
    private static partial Regex VersionNumber();
}
