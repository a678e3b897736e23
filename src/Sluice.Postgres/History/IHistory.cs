using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.History;

/// <summary>
/// Where a layout records what is applied: `_prisma_migrations` or `schema_migrations`. The commands are the layout's; when
/// they are sent, and in whose transaction, is the run's affair. Each names its table with the schema, because a script may
/// change the search path.
/// </summary>
internal interface IHistory
{
    /// <summary>`public._prisma_migrations`: what the journal calls this history.</summary>
    string Table { get; }

    /// <summary>What the journal calls the books of the other direction.</summary>
    string Opposite { get; }

    /// <summary>Committed before the first statement of a script that cannot be one transaction, so that a killed run is seen.</summary>
    IEnumerable<NpgsqlBatchCommand> Begin(HistoryEntry entry);

    /// <summary>Committed in the script's last transaction, or after its last statement when that allows none.</summary>
    /// <param name="begun">
    /// When the transaction it is committed in was begun: what has passed since the server must add, for the command may be sent
    /// together with the script.
    /// </param>
    IEnumerable<NpgsqlBatchCommand> Finish(HistoryEntry entry, DateTimeOffset begun);

    /// <summary>Committed by itself once the failed transaction is gone.</summary>
    IEnumerable<NpgsqlBatchCommand> Fail(HistoryEntry entry, string logs);

    /// <summary>Says that nothing stayed of an entry that was begun or has failed.</summary>
    IEnumerable<NpgsqlBatchCommand> Withdraw(HistoryEntry entry, DateTimeOffset now);

    /// <summary>Whether the entry was committed, which a broken connection leaves open.</summary>
    Task<bool> IsFinishedAsync(NpgsqlConnection connection, HistoryEntry entry, CancellationToken cancellation);

    /// <summary>Committed in the down script's last transaction: the migration is no longer applied.</summary>
    IEnumerable<NpgsqlBatchCommand> Undo(MigrationFile migration, DateTimeOffset now);

    /// <summary>Says that a squash is applied, and that the migrations it stands for no longer count.</summary>
    IEnumerable<NpgsqlBatchCommand> Supersede(MigrationFile squash, ImmutableArray<string> replaced, DateTimeOffset now);

    /// <summary>Every row in the order of their start; null when there is no such table.</summary>
    Task<ImmutableArray<HistoryRow>?> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation);

    Task CreateAsync(NpgsqlConnection connection, CancellationToken cancellation);

    /// <summary>A row that says a migration is applied although this tool did not run it.</summary>
    Task InsertAppliedAsync(NpgsqlConnection connection, MigrationFile migration, TimeProvider clock, CancellationToken cancellation);

    /// <summary>What a refused statement of the migration means in this layout, and what gets on.</summary>
    /// <param name="journalled">The next run can find out what stayed of it.</param>
    Problem Failure(MigrationFile migration, bool journalled);
}

/// <summary>One attempt at one migration.</summary>
/// <param name="Id">Of this attempt, and of the row where the layout has one per attempt.</param>
/// <param name="Begun">Its row was committed before its statements, or by an earlier run that did not come to its end.</param>
internal sealed record HistoryEntry(string Id, MigrationFile Migration, DateTimeOffset Started, bool Begun);
