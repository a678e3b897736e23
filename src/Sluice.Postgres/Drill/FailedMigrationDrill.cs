using System.Diagnostics;
using System.Globalization;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;

namespace Sluice.Postgres.Drill;

/// <summary>A migration that fails half way, after the others: nothing of it may stay, the state must be told, and the way out must work.</summary>
internal static class FailedMigrationDrill
{
    private const string Script =
        """
        CREATE TABLE "sluice_drill_failure" ("id" int PRIMARY KEY);
        INSERT INTO "sluice_drill_failure" SELECT generate_series(1, 1000);
        SELECT 1 / (SELECT count(*) FROM "sluice_drill_failure" WHERE "id" < 0);
        """;

    public static async Task<DrillResult> RunAsync(DrillStage stage, CancellationToken cancellation)
    {
        var folder = MigrationFolder.Read(stage.Live.MigrationsPath);
        if (folder.Names.IsEmpty || (await Status.ReadAsync(stage.Settings, cancellation: cancellation)) is { Unmanaged: true })
        {
            return new DrillResult(DrillScenario.FailedMigration, DrillVerdict.Skipped, "there are no migrations", null, null, []);
        }

        var copy = Path.Combine(stage.Request.Scratch, "migrations");
        CopyFolder(stage.Live.MigrationsPath, copy);
        var settings = stage.Settings with { MigrationsPath = copy };
        var before = await stage.ContentsAsync(settings.Address, cancellation);
        var (name, script) = Write(copy, folder);

        stage.Say($"running {name}, which fails");
        var started = Stopwatch.GetTimestamp();
        var problem = await FailAsync(settings, cancellation);
        if (problem is not { Statement: { } failed })
        {
            return Failed(problem is null ? "a migration that divides by zero went through" : $"the run stopped for another reason: {problem.Message}");
        }

        var status = await Status.ReadAsync(settings, cancellation: cancellation);
        if (!status.History.Failed.Select(f => f.MigrationName).Concat(status.HalfDone.Select(h => h.Migration)).Concat(status.History.Pending).Contains(name))
        {
            return Failed($"the history does not tell that {name} is not applied");
        }

        var row = status.History.Failed.Any(f => f.MigrationName == name);
        if (row)
        {
            stage.Say("marking it as rolled back, and taking it away");
            await Resolve.RolledBackAsync(settings, name, cancellation);
        }

        PrivateFiles.Delete(script);
        var deployed = await Deploy.RunAsync(settings, cancellation);
        var took = Stopwatch.GetElapsedTime(started);
        var after = await stage.ContentsAsync(settings.Address, cancellation);
        List<string> differences = [.. DatabaseContents.RowDifferences(before.Tables, after.Tables), .. before.Objects.DifferencesTo(after.Objects)];
        return differences.Count > 0
            ? Failed($"something of it stayed: {string.Join(", ", differences.Take(5))}")
            : new DrillResult(
                DrillScenario.FailedMigration,
                DrillVerdict.Passed,
                "a migration failed half way, nothing of it stayed, and the next run went through",
                (long)took.TotalMilliseconds,
                0,
                [
                    string.Create(CultureInfo.InvariantCulture, $"{name}, statement {failed.Ordinal} of {failed.Total}, line {failed.Line}: {failed.Error.SqlState} {failed.Error.Message}"),
                    $"state: {failed.State}",
                    $"way out: {(row ? $"`sluice migrate resolve --rolled-back {name}`, " : "")}the migration mended or removed, `sluice migrate deploy` ({deployed.Applied.Length.ToString(CultureInfo.InvariantCulture)} applied)",
                    string.Create(CultureInfo.InvariantCulture, $"{before.Tables.Length} tables and every definition as before"),
                ]);
    }

    private static DrillResult Failed(string what) => new(DrillScenario.FailedMigration, DrillVerdict.Failed, what, null, null, []);

    private static async Task<Problem?> FailAsync(RunSettings settings, CancellationToken cancellation)
    {
        try
        {
            await Deploy.RunAsync(settings, cancellation);
            return null;
        }
        catch (ProblemException failed)
        {
            return failed.Problem;
        }
    }

    /// <summary>After the last one, in the folder's own layout.</summary>
    private static (string Name, string Path) Write(string copy, MigrationFolder folder)
    {
        if (folder.Layout is MigrationLayout.Versioned)
        {
            var last = folder.KeyOf(folder.Names[^1]);
            var name = (long.Parse(last, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture).PadLeft(last.Length, '0') + "_sluice_drill";
            var file = Path.Combine(copy, name + ".up.sql");
            File.WriteAllText(file, Script);
            return (name, file);
        }

        const string Name = "99991231235959_sluice_drill";
        Directory.CreateDirectory(Path.Combine(copy, Name));
        File.WriteAllText(Path.Combine(copy, Name, MigrationFile.FileName), Script);
        return (Name, Path.Combine(copy, Name));
    }

    private static void CopyFolder(string from, string into)
    {
        Directory.CreateDirectory(into);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(into, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
