using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Running;

/// <summary>Applies migrations one after the other, each with its row in the history.</summary>
internal sealed class MigrationRun(RunSession session) : IAsyncDisposable
{
    private ScriptSession? scripts;

    /// <exception cref="ProblemException">P3018: the server refused a statement; the row stays, with the error in its logs.</exception>
    public async Task ApplyAsync(MigrationFile migration, CancellationToken cancellation)
    {
        var script = migration.Script;
        scripts ??= await ScriptSession.OpenAsync(session.Settings, session.Settings.Address, cancellation);
        await scripts.RefreshAsync(cancellation);
        var id = await session.History.StartAsync(session.Connection, migration, session.Settings.Clock, cancellation);
        try
        {
            var failure = await new ScriptRunner(scripts.Connection, script).RunAsync(() => Finish(script, id), cancellation);
            if (failure is not null)
            {
                await FailAsync(migration, id, failure);
            }
        }
        catch (OperationCanceledException)
        {
            await RecordCancellationAsync(id, ScriptPlan.Of(script));
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
    private IEnumerable<NpgsqlBatchCommand> Finish(string script, string id)
    {
        var changesRole = script.Contains("ROLE", StringComparison.OrdinalIgnoreCase)
            || script.Contains("AUTHORIZATION", StringComparison.OrdinalIgnoreCase);
        NpgsqlBatchCommand[] own = changesRole ? [new("RESET SESSION AUTHORIZATION"), new("RESET ROLE")] : [];
        return [.. own, .. session.History.Finish(id, session.Settings.Clock)];
    }

    private async Task FailAsync(MigrationFile migration, string id, ScriptFailure failure)
    {
        // The failed script's session is closed first: what it still holds open is rolled back before anyone is told so.
        await DisposeAsync();
        if (failure.ConnectionLost && await session.History.IsFinishedAsync(session.Connection, id, CancellationToken.None))
        {
            return;
        }

        var described = failure.Describe(migration.Name, migration.Path, session.Settings.Address);
        await session.History.FailAsync(session.Connection, id, HistoryProblems.Logs(migration, described), CancellationToken.None);
        throw new ProblemException(HistoryProblems.ApplyFailed(migration, described), failure.Cause);
    }

    // One transaction that never reached its COMMIT has left nothing, so the row may say so and the next run begins anew.
    private async Task RecordCancellationAsync(string id, ScriptPlan plan)
    {
        await DisposeAsync();
        if (await session.History.IsFinishedAsync(session.Connection, id, CancellationToken.None))
        {
            return;
        }

        await session.History.FailAsync(session.Connection, id, "The run was cancelled.", CancellationToken.None);
        if (plan.IsOneTransaction)
        {
            await session.History.RollBackAsync(session.Connection, id, session.Settings.Clock, CancellationToken.None);
        }
    }
}
