using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Drill;

/// <summary>One bit of a copy of the newest backup is turned over: who restores it must be told, and where.</summary>
internal static partial class CorruptedBackupDrill
{
    public static async Task<DrillResult> RunAsync(DrillStage stage, string archive, BackupManifest manifest, CancellationToken cancellation)
    {
        // One that is damaged already would be refused for that.
        stage.Say("reading the backup whole");
        await ArchiveSeal.RequireAsync(archive, manifest, cancellation);
        stage.Say("copying the backup, and turning over one bit of the copy");
        var copy = Path.Combine(stage.Request.Scratch, "corrupted.dump");
        var (file, at) = Corrupt(archive, copy);
        File.Copy(BackupManifest.PathFor(archive), BackupManifest.PathFor(copy));
        var place = string.Create(CultureInfo.InvariantCulture, $"bit 0 of byte {at}{(file is null ? "" : $" of its file {file}")} turned over");
        stage.Say("restoring the copy, which must be refused");
        var started = Stopwatch.GetTimestamp();
        try
        {
            await RestoreRun.PlanAsync(stage.Live, new RestoreRequest { Archive = copy, Into = "corrupted", Key = stage.Request.Key }, cancellation);
            return new DrillResult(DrillScenario.CorruptedBackup, DrillVerdict.Failed, "a corrupted backup was taken for a whole one", null, null, [place]);
        }
        catch (ProblemException refused) when (refused.Problem.Code == BackupManifest.RefusedCode)
        {
            var said = refused.Problem.Message.Replace(copy, "(copy)", StringComparison.Ordinal);
            var right = manifest.Parts.IsDefaultOrEmpty || IsPlace(said, file, at);
            return new DrillResult(
                DrillScenario.CorruptedBackup,
                right ? DrillVerdict.Passed : DrillVerdict.Failed,
                right ? "a corrupted backup is refused, with the place, before anything of it is restored" : "a corrupted backup is refused, with another place than the corrupted one",
                null,
                null,
                [place, $"{said} ({DrillReport.Time((long)Stopwatch.GetElapsedTime(started).TotalMilliseconds)})"]);
        }
        finally
        {
            PrivateFiles.Delete(copy);
        }
    }

    private static bool IsPlace(string said, string? file, long at) => file is not null
        ? said.Contains($"in its file {file}:", StringComparison.Ordinal)
        : Stretch().Match(said) is { Success: true } told
            && long.Parse(told.Groups[1].ValueSpan, CultureInfo.InvariantCulture) <= at && at < long.Parse(told.Groups[2].ValueSpan, CultureInfo.InvariantCulture);

    private static (string? File, long At) Corrupt(string archive, string copy)
    {
        if (File.Exists(archive))
        {
            File.Copy(archive, copy);
            return (null, Flip(copy));
        }

        PrivateFiles.CreateFolder(copy);
        foreach (var path in Directory.EnumerateFiles(archive))
        {
            File.Copy(path, Path.Combine(copy, Path.GetFileName(path)));
        }

        var largest = new DirectoryInfo(copy).EnumerateFiles().MaxBy(f => f.Length)!;
        return (largest.Name, Flip(largest.FullName));
    }

    private static long Flip(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var at = file.Length / 2;
        file.Position = at;
        var found = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(found ^ 1));
        return at;
    }

    [GeneratedRegex(@"between byte (\d+) and byte (\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Stretch();
}
