using System.Globalization;
using Npgsql;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Backup;

/// <summary>How much of a database is saved before a run.</summary>
public enum ScopePolicy
{
    /// <summary>All of a small database; of a large one the tables that the run can change.</summary>
    Auto,
    Whole,
    Affected,
}

/// <summary>What a backup before a run is to hold, and why.</summary>
/// <param name="Scope">Null where there is nothing to save.</param>
/// <param name="Meaning">For a person: `the whole database (12 MB)`.</param>
public sealed record ScopeChoice(BackupScope? Scope, string Meaning)
{
    /// <summary>A whole backup is dumped, restored and compared; up to this size that is a matter of minutes.</summary>
    public const long WholeUpTo = 10L << 30;

    private const int Shown = 5;

    public static Task<ScopeChoice> MakeAsync(RunAhead ahead, ScopePolicy policy, CancellationToken cancellation = default) => MakeAsync(ahead, policy, WholeUpTo, cancellation);

    internal static Task<ScopeChoice> MakeAsync(RunAhead ahead, ScopePolicy policy, long wholeUpTo, CancellationToken cancellation) =>
        Operation.RunAsync(ahead.Settings, async () =>
        {
            var (bytes, hasTables) = await SizeAsync(ahead.Connection, cancellation);
            var whole = new ScopeChoice(new BackupScope.Whole(), $"the whole database ({Size(bytes)})");
            if (!hasTables)
            {
                return new ScopeChoice(null, "nothing: the database has no tables yet");
            }

            if (policy is ScopePolicy.Whole || (policy is ScopePolicy.Auto && bytes <= wholeUpTo))
            {
                return whole;
            }

            var tables = await TablesAhead.ReadAsync(ahead, cancellation);
            return tables switch
            {
                { Unclear: { } unclear } => whole with { Meaning = $"{whole.Meaning}, because what changes cannot be told from the text: {unclear}" },
                { Touched.IsEmpty: true } => new ScopeChoice(new BackupScope.Affected([]), "every definition, and no rows: none can change"),
                _ => new ScopeChoice(
                    new BackupScope.Affected(tables.Touched),
                    $"every definition, and the rows of {string.Join(", ", tables.Touched.Take(Shown).Select(t => $"{t.Schema}.{t.Name}"))}{(tables.Touched.Length > Shown ? $" and {tables.Touched.Length - Shown} more" : "")}, of a database of {Size(bytes)}"),
            };
        });

    private static async Task<(long Bytes, bool HasTables)> SizeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // The books of either layout tell what was done here; they are nothing that a run could lose.
        await using var command = new NpgsqlCommand(
            """
            SELECT pg_catalog.pg_database_size(pg_catalog.current_database()), EXISTS (
              SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND n.nspname::text !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sluice')
                AND c.relname NOT IN ('_prisma_migrations', 'schema_migrations'))
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetInt64(0), reader.GetBoolean(1));
    }

    private static string Size(long bytes) => bytes < 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.#} GB");
}
