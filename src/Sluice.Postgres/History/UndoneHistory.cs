using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.History;

/// <summary>The books of a layout while migrations are undone: what finishes a down script is that its migration is no longer applied.</summary>
internal sealed class UndoneHistory(IHistory history, TimeProvider clock) : IHistory
{
    /// <summary>A name of its own, so that the journal of an interrupted `down` is never taken for one of `up`.</summary>
    public static string TableOf(IHistory history) => $"{history.Table} down";

    public string Table => TableOf(history);

    public string Opposite => history.Table;

    public IEnumerable<NpgsqlBatchCommand> Begin(HistoryEntry entry) => [];

    public IEnumerable<NpgsqlBatchCommand> Finish(HistoryEntry entry, DateTimeOffset begun) => history.Undo(entry.Migration, begun);

    public IEnumerable<NpgsqlBatchCommand> Fail(HistoryEntry entry, string logs) => [];

    public IEnumerable<NpgsqlBatchCommand> Withdraw(HistoryEntry entry, DateTimeOffset now) => [];

    public async Task<bool> IsFinishedAsync(NpgsqlConnection connection, HistoryEntry entry, CancellationToken cancellation) =>
        (await ReadAsync(connection, cancellation) ?? []).All(r => r.MigrationName != entry.Migration.Name || !r.IsApplied);

    public IEnumerable<NpgsqlBatchCommand> Undo(MigrationFile migration, DateTimeOffset now) => history.Undo(migration, now);

    public IEnumerable<NpgsqlBatchCommand> Supersede(MigrationFile squash, ImmutableArray<string> replaced, DateTimeOffset now) =>
        history.Supersede(squash, replaced, now);

    public Task<ImmutableArray<HistoryRow>?> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        history.ReadAsync(connection, cancellation);

    public Task CreateAsync(NpgsqlConnection connection, CancellationToken cancellation) => history.CreateAsync(connection, cancellation);

    public Task InsertAppliedAsync(NpgsqlConnection connection, MigrationFile migration, TimeProvider time, CancellationToken cancellation) =>
        history.InsertAppliedAsync(connection, migration, clock, cancellation);

    public Problem Failure(MigrationFile migration, bool journalled) => new("SL5027", $"Migration `{migration.Name}` could not be undone; those below it stay applied.")
    {
        Remedies = [$"Correct {migration.Path}, then run: sluice down {migration.Name}"],
    };
}
