using System.Collections.Immutable;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Running;

/// <summary>What earlier runs began and did not finish, by the journal's account, and nobody has resolved since.</summary>
/// <param name="Applying">Also those that left nothing.</param>
/// <param name="Undoing">Those of which a part is undone.</param>
internal sealed record Unfinished(ImmutableArray<Attempt> Applying, ImmutableArray<Attempt> Undoing)
{
    public static async Task<Unfinished> ReadAsync(RunSession session, MigrationFolder folder, HistoryState state, CancellationToken cancellation)
    {
        if (session.Settings.JournalDisabled || await JournalSchema.IsReadableAsync(session.Connection, cancellation) is not true)
        {
            return new Unfinished([], []);
        }

        var history = session.HistoryOf(folder);
        var applying = await Attempt.UnfinishedAsync(session.Connection, history.Table, history.Opposite, cancellation);
        var undoing = await Attempt.UnfinishedAsync(session.Connection, history.Opposite, history.Table, cancellation);
        var applied = state.Applied.Select(folder.KeyOf).ToHashSet(StringComparer.Ordinal);

        // A layout that keeps failures says itself which attempts are open; a person may have resolved the others.
        return new Unfinished(
            [.. applying.Where(a => folder.Layout is MigrationLayout.Versioned ? !applied.Contains(folder.KeyOf(a.Migration)) : state.Failed.Any(r => r.Id == a.Id))],
            [.. undoing.Where(a => !a.LeftNothing && applied.Contains(folder.KeyOf(a.Migration)))]);
    }

    /// <summary>In the order they were begun.</summary>
    public ImmutableArray<HalfDone> Halves =>
    [
        .. Applying.Where(a => !a.LeftNothing).Select(a => new HalfDone(a.Migration, Undoing: false, a.Done.Length, a.Total)),
        .. Undoing.Select(a => new HalfDone(a.Migration, Undoing: true, a.Done.Length, a.Total)),
    ];

    /// <summary>The last failure of each migration, where a history that keeps none would show it as pending.</summary>
    public ImmutableArray<FailedRun> Failures =>
    [
        .. Applying.GroupBy(a => a.Migration, StringComparer.Ordinal).Select(g => g.Last()).Where(a => a.Failed is not null)
            .Select(a => new FailedRun(a.Migration, a.Failed!.Ordinal, a.Total, a.Failed.Why, a.Failed.At)),
    ];

    /// <exception cref="ProblemException">SL5036: a migration is partly undone.</exception>
    public void RequireNothingHalfUndone() => Require(undoing: true);

    /// <exception cref="ProblemException">SL5036: a migration is partly applied.</exception>
    public void RequireNothingHalfApplied() => Require(undoing: false);

    /// <summary>The journal knows every failed migration well enough to continue it or to begin it anew.</summary>
    /// <exception cref="ProblemException">P3009: a failure of which the journal knows nothing, Prisma's for instance.</exception>
    public async Task RequireProvedAsync(RunSession session, HistoryState state, MigrationFolder folder, CancellationToken cancellation)
    {
        if (await UnprovedAsync(session, state, folder, cancellation) is { IsEmpty: false } unproved)
        {
            throw new ProblemException(HistoryProblems.Failed(unproved, folder));
        }
    }

    /// <summary>The failed migrations of which the journal does not know enough; all of them for a user who may not write it.</summary>
    public async Task<ImmutableArray<HistoryRow>> UnprovedAsync(RunSession session, HistoryState state, MigrationFolder folder, CancellationToken cancellation)
    {
        if (state.Failed.IsEmpty)
        {
            return [];
        }

        var attempts = await JournalSchema.IsOpenAsync(session.Connection, cancellation) ? Applying.ToDictionary(a => a.Id, StringComparer.Ordinal) : [];
        return [.. state.Failed.Where(r => !attempts.TryGetValue(r.Id, out var attempt) || (!attempt.LeftNothing && !folder.Names.Contains(r.MigrationName)))];
    }

    private void Require(bool undoing)
    {
        if (Halves.FirstOrDefault(h => h.Undoing == undoing) is { } half)
        {
            throw new ProblemException(HistoryProblems.HalfDone(half));
        }
    }
}

/// <summary>A migration of which a part is applied, or undone, because a run was stopped.</summary>
/// <param name="Done">How many statements of its script are committed.</param>
public sealed record HalfDone(string Migration, bool Undoing, int Done, int Total);

/// <summary>A migration whose last run failed, by the journal.</summary>
/// <param name="Ordinal">The statement, from 1; 0 where it was not one of them.</param>
/// <param name="Why">What the server said; null in journals of before that was written down.</param>
public sealed record FailedRun(string Migration, int Ordinal, int Total, string? Why, DateTimeOffset At);
