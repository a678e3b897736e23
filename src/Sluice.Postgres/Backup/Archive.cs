using System.Collections.Immutable;
using System.Globalization;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Backup;

/// <summary>Puts an archive into an empty database.</summary>
internal static class Archive
{
    /// <param name="whole">Otherwise foreign keys are left out: they would refer to rows that the archive does not hold.</param>
    /// <param name="asOwners">Gives objects to their owners, with their grants; for that the roles must exist.</param>
    /// <returns>The errors; empty when all went well.</returns>
    public static async Task<ImmutableArray<string>> RestoreAsync(
        string archive,
        DatabaseAddress into,
        DumpTools tools,
        ArchiveOptions options,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellation)
    {
        var process = new DumpProcess(into, tools);
        using var list = new ListFile();
        List<string> arguments =
        [
            "--no-password",
            "--verbose",
            string.Create(CultureInfo.InvariantCulture, $"--jobs={Math.Max(1, options.Jobs)}"),
            $"--dbname={Conninfo(into.Database)}",
        ];
        if (!options.AsOwners)
        {
            arguments.AddRange(["--no-owner", "--no-privileges"]);
        }

        if (!options.Whole)
        {
            var errors = await process.RunAsync(tools.PgRestore, ["--list", $"--file={list.Path}", archive], _ => { }, cancellation);
            if (!errors.IsEmpty)
            {
                return errors;
            }

            await list.WithoutAsync(" FK CONSTRAINT ", cancellation);
            arguments.Add($"--use-list={list.Path}");
        }

        var done = 0;
        progress?.Report(new BackupProgress(BackupPhase.Restoring, 0, options.Tables));
        return await process.RunAsync(
            tools.PgRestore,
            [.. arguments, archive],
            line =>
            {
                if (DumpProcess.TableOf(line, "processing data for table ") is { } table)
                {
                    progress?.Report(new BackupProgress(BackupPhase.Restoring, Math.Min(done++, options.Tables), options.Tables) { Table = table });
                }
            },
            cancellation);
    }

    // As a parameter of a connection string, so that a name with an equals sign is not taken for one.
    private static string Conninfo(string database) =>
        $"dbname='{database.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";

    private sealed class ListFile : IDisposable
    {
        private readonly ScratchFolder folder = ScratchFolder.Create();

        public string Path => folder.Of("list");

        public async Task WithoutAsync(string kind, CancellationToken cancellation)
        {
            var lines = await File.ReadAllLinesAsync(Path, cancellation);
            await File.WriteAllLinesAsync(Path, lines.Where(l => !l.Contains(kind, StringComparison.Ordinal)), cancellation);
        }

        public void Dispose() => folder.Dispose();
    }
}

/// <param name="Tables">How many tables have rows in the archive, for the progress.</param>
internal sealed record ArchiveOptions(bool Whole, bool AsOwners, int Jobs, int Tables);
