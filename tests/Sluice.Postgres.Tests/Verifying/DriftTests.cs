using System.Collections.Concurrent;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Tests.Running;
using Sluice.Postgres.Verifying;
using Xunit;

namespace Sluice.Postgres.Tests.Verifying;

public sealed class DriftTests : IDisposable
{
    private const string Rows = """
        INSERT INTO author (name, age, bio, code) VALUES ('ann', 30, 'a@x', 'a'), ('bob', 40, 'b@y', 'b');
        INSERT INTO book (title, author_id, price, words) VALUES ('t', 1, 2.5, 10), ('u', 2, 3.5, 20);
        INSERT INTO lone VALUES (1, 'n');
        INSERT INTO event VALUES ('2025-06-01', 'k');
        INSERT INTO audit.log VALUES (1, 'w');

        """;

    private const string Books = """
        CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY NOT NULL, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL,
          logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0);

        """;

    private readonly DirectoryInfo cache = Directory.CreateTempSubdirectory("sluice-drift-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Each kind of object added, dropped, altered and renamed by hand: named, taken back to the letter, done again, and taken in.</summary>
    [Fact]
    public async Task Every_kind_of_drift_is_named_repaired_and_adopted()
    {
        var wrong = new ConcurrentDictionary<string, string>();
        // The first fills the cache of replays.
        await RunAsync(DriftCase.All[0], wrong);
        await Parallel.ForEachAsync(DriftCase.All.Skip(1), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (test, _) => await RunAsync(test, wrong));

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Select(w => $"{w.Key}: {w.Value}").Order(StringComparer.Ordinal)));
        Assert.True(DriftCase.All.Count >= 60);
    }

    public void Dispose() => cache.Delete(recursive: true);

    private async Task RunAsync(DriftCase test, ConcurrentDictionary<string, string> wrong)
    {
        try
        {
            await using var bench = await OpenAsync();
            await bench.ExecuteAsync(test.Sql);
            var back = await Repair.PlanAsync(bench.Settings, [], Stop);
            Assert.Contains(back.Drift, d => d.Change.ToString().Contains(test.Named, StringComparison.Ordinal));
            Assert.Empty(await Repair.ApplyAsync(bench.Settings, back, anyLoss: true, Stop));

            await bench.ExecuteAsync(test.Sql);
            var on = await Adopt.PlanAsync(bench.Settings, [], Stop);
            await Adopt.ApplyAsync(bench.Settings, on, "keep", Stop);
            var status = await Status.ReadAsync(bench.Settings, withDrift: true, Stop);
            Assert.Empty(status.Drift!.Value);
            Assert.True(status.UpToDate);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            wrong[test.Name] = failure.Message + (failure as ProblemException)?.Problem.Statement;
        }
    }

    private async Task<Workbench> OpenAsync()
    {
        const string Name = "20250101000000_init";
        var checksum = Checksums.Of(System.Text.Encoding.UTF8.GetBytes(DriftCase.History));
        var bench = await Workbench.OpenAsync(
            DriftCase.History + Rows + Books + $"INSERT INTO _prisma_migrations VALUES ('1', '{checksum}', now(), '{Name}', '', NULL, now(), 1);");
        bench.Write(Name, DriftCase.History);
        bench.Settings = bench.Settings with { CacheFolder = cache.FullName, DeclaredSchemas = ["public", "audit", "extra"] };
        return bench;
    }
}
