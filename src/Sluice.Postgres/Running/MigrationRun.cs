using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Running;

/// <summary>Applies migrations one after the other, each with its row in the history.</summary>
internal sealed class MigrationRun(RunSession session, IHistory history) : IAsyncDisposable
{
    private ScriptSession? scripts;

    /// <exception cref="ProblemException">P3018: the server refused a statement; the history says so where its layout can.</exception>
    public async Task ApplyAsync(MigrationFile migration, CancellationToken cancellation)
    {
        var script = migration.Script;
        scripts ??= await ScriptSession.OpenAsync(session.Settings, session.Settings.Address, cancellation);
        await scripts.RefreshAsync(cancellation);
        await session.RequireAliveAsync(cancellation);
        var plan = ScriptPlan.Of(script);
        var entry = new HistoryEntry(Guid.NewGuid().ToString("D"), migration, session.Settings.Clock.GetUtcNow(), Begun: !plan.IsOneTransaction);
        if (entry.Begun)
        {
            await session.CommitAsync(history.Begin(entry), cancellation);
        }

        try
        {
            var failure = await new ScriptRunner(scripts.Connection, script).RunAsync(() => Finish(script, entry), cancellation);
            if (failure is not null)
            {
                await FailAsync(entry, failure);
            }
        }
        catch (OperationCanceledException)
        {
            await RecordCancellationAsync(entry);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (scripts is not null)
        {
            await scripts.DisposeAsync();
            scripts = null;
        }
    }

    // A script may have taken a role that has no right to the books.
    private IEnumerable<NpgsqlBatchCommand> Finish(string script, HistoryEntry entry)
    {
        var changesRole = script.Contains("ROLE", StringComparison.OrdinalIgnoreCase)
            || script.Contains("AUTHORIZATION", StringComparison.OrdinalIgnoreCase);
        NpgsqlBatchCommand[] own = changesRole ? [new("RESET SESSION AUTHORIZATION"), new("RESET ROLE")] : [];
        return [.. own, .. history.Finish(entry, session.Settings.Clock.GetUtcNow())];
    }

    private async Task FailAsync(HistoryEntry entry, ScriptFailure failure)
    {
        // The failed script's session is closed first: what it still holds open is rolled back before anyone is told so.
        await DisposeAsync();
        if (failure.ConnectionLost && await history.IsFinishedAsync(session.Connection, entry, CancellationToken.None))
        {
            return;
        }

        var described = failure.Describe(entry.Migration.Name, entry.Migration.Path, session.Settings.Address);
        await session.CommitAsync(history.Fail(entry, HistoryProblems.Logs(entry.Migration, described)), CancellationToken.None);
        throw new ProblemException(history.Failure(entry.Migration) with { Statement = described }, failure.Cause);
    }

    // One transaction that never reached its COMMIT has left nothing, so the row may say so and the next run begins anew.
    private async Task RecordCancellationAsync(HistoryEntry entry)
    {
        await DisposeAsync();
        if (await history.IsFinishedAsync(session.Connection, entry, CancellationToken.None))
        {
            return;
        }

        await session.CommitAsync(history.Fail(entry, "The run was cancelled."), CancellationToken.None);
        if (!entry.Begun)
        {
            await session.CommitAsync(history.Withdraw(entry, session.Settings.Clock.GetUtcNow()), CancellationToken.None);
        }
    }
}
