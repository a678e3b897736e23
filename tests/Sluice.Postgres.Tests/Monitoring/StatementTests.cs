using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Doctor;
using Sluice.Postgres.Local;
using Sluice.Postgres.Monitoring;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Monitoring;

/// <summary>pg_stat_statements itself, on a server that loads it.</summary>
public sealed class StatementTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sluice-statements-");

    private static readonly Thresholds Near = Thresholds.Default.With("slowStatement", new Limit(0.2, 3600));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_slowest_statements_are_told_where_the_server_counts_them_and_this_user_may_see_them()
    {
        var cluster = await TestCluster.StartThrowAwayAsync(maxConnections: 30);
        try
        {
            var isThere = (long)(await ScalarAsync(cluster, "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_stat_statements'"))!;
            Assert.SkipWhen(isThere == 0, "pg_stat_statements is not here: Debian has it in the server's package");
            await ScalarAsync(cluster, "CREATE EXTENSION pg_stat_statements VERSION '1.9'");
            Assert.Null((await FiguresAsync(cluster)).Statements);
            Assert.Equal("unknown: pg_stat_statements is not here for this user", (await SlowAsync(cluster)).Value);
            Assert.Contains("pg_stat_statements 1.9, available 1.", (await ExamineAsync(cluster, "extensions")).Value, StringComparison.Ordinal);

            await ScalarAsync(cluster, "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'");
            await ScalarAsync(cluster, "SELECT pg_reload_conf()");
            await Wait.UntilAsync(async () => (await ExamineAsync(cluster, "pending restart")).Value.EndsWith("shared_preload_libraries", StringComparison.Ordinal), "nothing is pending");
            await cluster.StopAsync(Stop);
            await cluster.StartAsync(Stop);
            Assert.Equal(Verdict.Ok, (await ExamineAsync(cluster, "pending restart")).Verdict);
            await ScalarAsync(cluster, "ALTER EXTENSION pg_stat_statements UPDATE");
            Assert.Equal(Verdict.Ok, (await ExamineAsync(cluster, "extensions")).Verdict);
            await ScalarAsync(cluster, "CREATE ROLE application LOGIN PASSWORD 'hunter22secret'");
            await ScalarAsync(cluster, "SELECT pg_stat_statements_reset()");
            Assert.Equal(Verdict.Ok, (await SlowAsync(cluster)).Verdict);

            await ScalarAsync(cluster, "SELECT pg_sleep(0.3), 'constant'");
            await ScalarAsync(cluster, "SELECT pg_sleep(0.3), 'another'");
            await ScalarAsync(cluster, "ALTER ROLE application PASSWORD 'hunter22secret'");
            var slow = await SlowAsync(cluster);
            Assert.Equal(Verdict.Warning, slow.Verdict);
            Assert.Matches(@"^the slowest takes [0-9.]+ s, over 2 calls", slow.Value);
            var figures = await FiguresAsync(cluster);
            Assert.Equal(("SELECT pg_sleep($1), $2", 2L), (figures.Statements!.Value[0].Text, figures.Statements.Value[0].Calls));
            Assert.InRange(figures.Statements.Value[0].MeanSeconds, 0.3, 60);
            Assert.Matches("(?m)^sluice_slowest_statement_mean_seconds\\{database=\"postgres\"\\} [0-9.]+$", PrometheusText.Write(figures, "postgres"));

            // The server keeps the constants of commands as they were written.
            Assert.Contains(figures.Statements.Value, s => s.Text.StartsWith("ALTER ROLE application PASSWORD", StringComparison.Ordinal));
            Assert.All(figures.Statements.Value, s => Assert.DoesNotContain("hunter22", s.Text, StringComparison.Ordinal));

            // Who may not see those of others is shown one's own.
            var own = await FiguresAsync(cluster, "application", "hunter22secret");
            Assert.DoesNotContain(own.Statements!.Value, s => s.Text.Contains("pg_sleep", StringComparison.Ordinal) || s.Text.Contains("privilege", StringComparison.Ordinal));

            await ScalarAsync(cluster, "SELECT pg_stat_statements_reset()");
            Assert.Equal(Verdict.Ok, (await SlowAsync(cluster)).Verdict);
        }
        finally
        {
            await cluster.StopAsync(CancellationToken.None);
        }
    }

    public void Dispose() => folder.Delete(recursive: true);

    private async Task<Check> SlowAsync(LocalCluster cluster) =>
        FigureChecks.Judge(await FiguresAsync(cluster), Near).Single(j => j.Figure.Name == "slowStatement").Check;

    private Task<Figures> FiguresAsync(LocalCluster cluster, string? user = null, string? password = null) =>
        Sluice.Postgres.Monitoring.Monitor.ReadAsync(Settings(cluster, user, password), Stop);

    private async Task<Check> ExamineAsync(LocalCluster cluster, string name)
    {
        var report = await Examination.RunAsync(Settings(cluster, null, null), new ExaminationRequest { BackupFolder = folder.FullName }, Stop);
        return report.Checks.Single(c => c.Name == name);
    }

    private RunSettings Settings(LocalCluster cluster, string? user, string? password)
    {
        var address = DatabaseAddress.Parse(cluster.Url("postgres")) with { Retry = new RetryPolicy(0, TimeSpan.Zero) };
        return new RunSettings { Address = user is null ? address : address with { User = user, Password = password }, MigrationsPath = folder.FullName };
    }

    private async Task<object?> ScalarAsync(LocalCluster cluster, string sql)
    {
        await using var connection = await ServerConnection.OpenAsync(Settings(cluster, null, null).Address, Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Stop);
    }
}
