using System.Collections.Immutable;
using System.Diagnostics;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Monitoring;

/// <summary>`maintain`: VACUUM (ANALYZE) of the tables that need it, one after the other, and so that nobody feels it.</summary>
public static class Maintenance
{
    // Twice as eager as autovacuum is by itself: fifty rows, and a tenth of the table.
    private const int FewRows = 50;
    private const double Share = 0.1;

    // What autovacuum does, too: it rests for 2 ms whenever it has read or written some 200 pages.
    private const string Politeness = "SET lock_timeout = '2s'; SET statement_timeout = 0; SET vacuum_cost_delay = '2ms'";

    /// <param name="tables">These, whatever the statistics say; none for those that need it.</param>
    /// <exception cref="ProblemException">The server cannot be reached.</exception>
    public static Task<MaintenancePlan> PlanAsync(RunSettings settings, IReadOnlyCollection<string> tables, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            return Plan(await Monitor.ReadAsync(connection, cancellation), tables, settings.Address.Schema);
        });

    /// <summary>Does the plan, with a row in the journal. What somebody else holds is left for the next time.</summary>
    /// <param name="progress">Told after each table.</param>
    public static Task<ImmutableArray<MaintainedTable>> RunAsync(
        RunSettings settings, MaintenancePlan plan, IProgress<MaintainedTable> progress, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var books = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            return await RecordedRun.RunAsync(books, settings, async run =>
            {
                var done = await VacuumAsync(settings, plan, progress, cancellation);
                var vacuumed = done.Where(t => t.Skipped is null).Select(t => t.Table.Name).ToList();
                await run.NoteAsync(vacuumed.Count == 0 ? "vacuumed nothing" : $"vacuumed {string.Join(", ", vacuumed)}");
                return done;
            }, cancellation);
        });

    internal static MaintenancePlan Plan(Figures figures, IReadOnlyCollection<string> tables, string schema)
    {
        var unknown = tables.Where(t => !figures.Tables.Any(f => Is(f, t, schema))).ToImmutableArray();
        var wanted = figures.Tables
            .Select(t => (Table: t, Why: tables.Count == 0 ? Why(t) : tables.Any(n => Is(t, n, schema)) ? "asked for" : null))
            .Where(t => t.Why is not null)
            .ToList();
        return new MaintenancePlan(
            [.. wanted.Where(w => w.Table.MayVacuum).Select(w => new PlannedTable(w.Table, w.Why!))], [.. wanted.Where(w => !w.Table.MayVacuum).Select(w => w.Table.Name)], unknown);
    }

    private static string? Why(TableFigures table)
    {
        var enough = FewRows + (Share * table.Rows);
        // The journal grows by this very run, and would need it each time.
        return table.Name.StartsWith("sluice.", StringComparison.Ordinal) ? null
            : table.DeadRows > enough ? FormattableString.Invariant($"{table.DeadRows:#,0} dead rows of {table.Rows + table.DeadRows:#,0}")
            : table.Changed > enough ? FormattableString.Invariant($"{table.Changed:#,0} rows changed since its statistics")
            : table is { Analyzed: null, Rows: > 0 } ? "it has no statistics yet"
            : null;
    }

    // As it is quoted, or as a person types it, with or without the schema that the address names.
    private static bool Is(TableFigures table, string name, string schema) =>
        table.Name == name || table.Name == $"{schema}.{name}" || Plain(table.Name) == name || Plain(table.Name) == $"{schema}.{name}";

    private static string Plain(string quoted) => quoted.Replace("\"", "", StringComparison.Ordinal);

    private static async Task<ImmutableArray<MaintainedTable>> VacuumAsync(RunSettings settings, MaintenancePlan plan, IProgress<MaintainedTable> progress, CancellationToken cancellation)
    {
        await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
        await using (var polite = new NpgsqlCommand(Politeness, connection))
        {
            await polite.ExecuteNonQueryAsync(cancellation);
        }

        var done = ImmutableArray.CreateBuilder<MaintainedTable>();
        foreach (var planned in plan.Tables)
        {
            var (started, skipped) = (Stopwatch.GetTimestamp(), (string?)null);
            void Hear(object sender, NpgsqlNoticeEventArgs said) => skipped = said.Notice.SqlState == PostgresErrorCodes.LockNotAvailable ? "somebody holds it" : skipped;
            connection.Notice += Hear;
            try
            {
                // The name comes quoted from the server. CommandTimeout 0: a large table takes its time.
                await using var vacuum = new NpgsqlCommand($"VACUUM (ANALYZE, SKIP_LOCKED) {planned.Table.Name}", connection) { CommandTimeout = 0 };
                await vacuum.ExecuteNonQueryAsync(cancellation);
            }
            catch (PostgresException passing) when (passing.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.UndefinedTable)
            {
                skipped = passing.SqlState == PostgresErrorCodes.UndefinedTable ? "it is gone" : "somebody holds it";
            }
            finally
            {
                connection.Notice -= Hear;
            }

            done.Add(new MaintainedTable(planned.Table, Stopwatch.GetElapsedTime(started), skipped));
            progress.Report(done[^1]);
        }

        return done.ToImmutable();
    }
}

/// <param name="NotYours">Tables that need it and that this user may not vacuum.</param>
/// <param name="Unknown">Names that were asked for, and of which there is no table.</param>
public sealed record MaintenancePlan(ImmutableArray<PlannedTable> Tables, ImmutableArray<string> NotYours, ImmutableArray<string> Unknown);

public sealed record PlannedTable(TableFigures Table, string Why);

/// <param name="Skipped">Why it was left for the next time; null for done.</param>
public sealed record MaintainedTable(TableFigures Table, TimeSpan Duration, string? Skipped);
