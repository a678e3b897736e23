using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Monitoring;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Maintaining;

/// <summary>`maintain`: what keeps a database in order, one thing after the other, and so that nobody feels it.</summary>
public static class Maintenance
{
    // Twice as eager as autovacuum is by itself: fifty rows, and a tenth of the table.
    private const int FewRows = 50;
    private const double Share = 0.1;

    /// <summary>What is to be done, in order; changes nothing.</summary>
    /// <exception cref="ProblemException">The server cannot be reached; SL5701, SL5702: what the policy names is not there.</exception>
    public static Task<MaintenancePlan> PlanAsync(RunSettings settings, MaintenancePolicy policy, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            var vacuum = PlanVacuum(await Monitoring.Monitor.ReadTablesAsync(connection, cancellation), policy.Tables, settings.Address.Schema);
            if (!policy.Tables.IsEmpty)
            {
                return vacuum;
            }

            await using (var polite = new NpgsqlCommand("SET TimeZone = 'UTC'; SET lock_timeout = '2s'; SET statement_timeout = '60s'", connection))
            {
                await polite.ExecuteNonQueryAsync(cancellation);
            }

            var now = settings.Clock.GetUtcNow();
            var (added, dropped) = (ImmutableArray.CreateBuilder<MaintenanceTask>(), ImmutableArray.CreateBuilder<MaintenanceTask>());
            foreach (var partitions in policy.Partitions)
            {
                var months = await Months.FindAsync(connection, partitions, now, cancellation);
                added.AddRange(months.Added);
                dropped.AddRange(months.Dropped);
            }

            // What is dropped need not be vacuumed.
            var gone = dropped.OfType<MaintenanceTask.DropPartition>().Select(d => d.Partition).ToHashSet(StringComparer.Ordinal);
            return vacuum with
            {
                Tasks =
                [
                    .. added, .. await CleanUps.FindAsync(connection, policy, cancellation), .. dropped, .. vacuum.Tasks.Where(t => !gone.Contains(t.Name)),
                    .. policy.Reindex is { } reindex ? await Bloat.FindAsync(connection, reindex, cancellation) : [],
                    .. OldFiles.Find(policy, settings.Address.Database, now),
                ],
            };
        });

    internal static MaintenancePlan PlanVacuum(ImmutableArray<TableFigures> known, IReadOnlyCollection<string> tables, string schema)
    {
        var unknown = tables.Where(t => !known.Any(f => Is(f, t, schema))).ToImmutableArray();
        var wanted = known
            .Select(t => (Table: t, Why: tables.Count == 0 ? Why(t) : tables.Any(n => Is(t, n, schema)) ? "asked for" : null))
            .Where(t => t.Why is not null)
            .ToList();
        return new MaintenancePlan(
            [.. wanted.Where(w => w.Table.MayVacuum).Select(w => new MaintenanceTask.Vacuum(w.Table, w.Why!))], [.. wanted.Where(w => !w.Table.MayVacuum).Select(w => w.Table.Name)], unknown);
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
}
