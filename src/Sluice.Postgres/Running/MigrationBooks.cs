using Npgsql;
using Sluice.Postgres.History;
using Sluice.Postgres.Journal;
using Sluice.Sql.Segments;

namespace Sluice.Postgres.Running;

/// <summary>What history and journal say of one migration while it runs.</summary>
/// <param name="journal">Null when there is none: then only the history is written.</param>
/// <param name="open">A statement of which an earlier run did not see the end.</param>
internal sealed class MigrationBooks(RunSession session, IHistory history, HistoryEntry entry, Segmentation cut, JournalRun? journal, OpenStatement? open)
{
    private readonly string script = cut.Script;

    public HistoryEntry Entry { get; private set; } = entry;

    /// <summary>The script takes a migration back.</summary>
    public bool Undoing => history is UndoneHistory;

    /// <exception cref="ProblemException">P1017: what failed was the proof that the lock is held still.</exception>
    public void ThrowIfFenced(NpgsqlException failure) => session.ThrowIfFenced(failure);

    public Task RequireLockAsync(CancellationToken cancellation) => session.RequireAliveAsync(cancellation);

    /// <summary>What was noted before the statement, if an earlier run sent it and nobody saw it end.</summary>
    public string? OpenNote(int index) => open is not null && open.Ordinal == index + 1 ? open.Note : null;

    public async Task BeginAsync(CancellationToken cancellation)
    {
        var begun = new JournalEntry(0, cut.Statements.Length, "", JournalEntry.Begun);
        await CommitApartAsync([.. history.Begin(Entry), .. Rows([begun])], cancellation);
    }

    /// <summary>Before a part is committed of what was to be one transaction.</summary>
    public async Task RequireBegunAsync(CancellationToken cancellation)
    {
        if (!Entry.Begun)
        {
            await BeginAsync(cancellation);
            Entry = Entry with { Begun = true };
        }
    }

    public DateTimeOffset Now => session.Settings.Clock.GetUtcNow();

    /// <summary>What is committed with a segment, last of it the proof that the lock is held still.</summary>
    /// <param name="begun">When its transaction was begun.</param>
    /// <param name="together">The last statement is sent in one message with this.</param>
    /// <param name="note">What was done to others for its sake; null for nothing.</param>
    public IEnumerable<NpgsqlBatchCommand> Closing(Segment segment, TimeSpan?[] durations, bool isLast, DateTimeOffset begun, bool together, string? note)
    {
        var own = durations.AsSpan(segment.First, segment.End - segment.First);
        var measured = TimeSpan.Zero;
        foreach (var duration in own)
        {
            measured += duration ?? TimeSpan.Zero;
        }

        var entries = Enumerable.Range(segment.First, segment.End - segment.First)
            .Select(i => Row(i, JournalEntry.Done, durations[i]) with { Note = i == segment.First ? note : null });
        var rows = Rows([.. entries], together ? measured : null);
        return [.. AsOurselves(rows, isLast ? history.Finish(Entry, begun) : [], isLast), .. session.Fence()];
    }

    private IEnumerable<NpgsqlBatchCommand> AsOurselves(IEnumerable<NpgsqlBatchCommand> rows, IEnumerable<NpgsqlBatchCommand> finish, bool isLast)
    {
        // A script may have taken a role that has no right to the books.
        var changesRole = script.Contains("ROLE", StringComparison.OrdinalIgnoreCase) || script.Contains("AUTHORIZATION", StringComparison.OrdinalIgnoreCase);
        return (changesRole, isLast || session.Lease is not null) switch
        {
            (false, _) => [.. rows, .. finish],
            (true, true) => [new("RESET SESSION AUTHORIZATION"), new("RESET ROLE"), .. rows, .. finish],
            (true, false) =>
            [
                new("SELECT pg_catalog.set_config('sluice.role', pg_catalog.current_setting('role'), false), pg_catalog.set_config('sluice.account', pg_catalog.current_setting('session_authorization'), false)"),
                new("RESET SESSION AUTHORIZATION"),
                new("RESET ROLE"),
                .. rows,
                new("SELECT pg_catalog.set_config('session_authorization', pg_catalog.current_setting('sluice.account'), false)"),
                new("SELECT pg_catalog.set_config('role', pg_catalog.current_setting('sluice.role'), false)"),
            ],
        };
    }

    /// <param name="journalEnd">What the journal's rows were answered with.</param>
    public void Committed(string? journalEnd) => journal?.Committed(journalEnd);

    public void RolledBack() => journal?.RolledBack();

    public Task IntentAsync(Segment.Alone segment, string note, CancellationToken cancellation) =>
        CommitApartAsync(Rows([Row(segment.First, JournalEntry.Intent, null) with { Note = note }]), cancellation);

    public Task DoneApartAsync(Segment.Alone segment, TimeSpan? duration, bool isLast, string? note, CancellationToken cancellation) =>
        CommitApartAsync(
            [
                .. Rows([Row(segment.First, JournalEntry.Done, duration) with { Note = note }]),
                .. isLast ? history.Finish(Entry, Now) : [],
            ],
            cancellation);

    public Task FailedApartAsync(Segment.Alone segment, string? note, CancellationToken cancellation) =>
        CommitApartAsync(Rows([Row(segment.First, JournalEntry.Failed, null) with { Note = note }]), cancellation);

    /// <summary>A transaction that gave up waiting left nothing; what it did to others is kept.</summary>
    public Task GaveUpAsync(Segment segment, string note, CancellationToken cancellation) =>
        CommitApartAsync(Rows([Row(segment.First, JournalEntry.Failed, null) with { Note = note }]), cancellation);

    /// <summary>A script without statements.</summary>
    public Task FinishApartAsync(CancellationToken cancellation) =>
        CommitApartAsync(history.Finish(Entry, Now), cancellation);

    /// <summary>The history row says what went wrong, the journal what of it stayed: nothing of the statement's segment.</summary>
    /// <param name="why">In a line, for histories that keep no logs.</param>
    public Task FailAsync(int index, string logs, string why, CancellationToken cancellation) =>
        CommitApartAsync(
            [
                .. history.Fail(Entry, logs),
                .. Rows([(index < cut.Statements.Length ? Row(index, JournalEntry.Failed, null) : new JournalEntry(0, cut.Statements.Length, "", JournalEntry.Failed)) with { Note = why }]),
            ],
            cancellation);

    public Task WithdrawAsync(IEnumerable<NpgsqlBatchCommand> also, CancellationToken cancellation) =>
        CommitApartAsync(
            [
                .. also,
                .. history.Withdraw(Entry, Now),
                .. Rows([new JournalEntry(0, cut.Statements.Length, "", JournalEntry.Withdrawn)]),
            ],
            cancellation);

    public Task<bool> IsFinishedAsync() => session.Connection.State is not System.Data.ConnectionState.Open
        // What took the script's connection may have taken this one first.
        ? throw new NpgsqlException("the connection is closed")
        : history.IsFinishedAsync(session.Connection, Entry, CancellationToken.None);

    private JournalEntry Row(int index, string outcome, TimeSpan? duration) =>
        new(index + 1, cut.Statements.Length, JournalEntry.HashOf(cut.Statements[index].Text(script)), outcome, duration);

    private IEnumerable<NpgsqlBatchCommand> Rows(IReadOnlyList<JournalEntry> rows, TimeSpan? measured = null) =>
        journal is null ? [] : [journal.Write(history.Table, Entry.Id, Entry.Migration.Name, rows, measured)];

    private async Task CommitApartAsync(IEnumerable<NpgsqlBatchCommand> commands, CancellationToken cancellation)
    {
        await session.CommitAsync(commands, cancellation);
        journal?.Committed(null);
    }
}
