using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Running;

/// <summary>Applies migrations one after the other, each with its row in the history.</summary>
internal sealed class MigrationRun(RunSession session) : IAsyncDisposable
{
    private NpgsqlConnection? scripts;

    /// <exception cref="ProblemException">P3018: the server refused a statement; the row stays, with the error in its logs.</exception>
    public async Task ApplyAsync(MigrationFile migration, CancellationToken cancellation)
    {
        var clock = session.Settings.Clock;
        var script = migration.Script;
        var connection = await FreshAsync(cancellation);
        var id = await session.History.StartAsync(session.Connection, migration, clock, cancellation);
        try
        {
            var failure = await new ScriptRunner(connection, script).RunAsync(() => Finish(script, id), cancellation);
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

    public ValueTask DisposeAsync() => scripts?.DisposeAsync() ?? ValueTask.CompletedTask;

    // A script may have taken a role that has no right to the books.
    private IEnumerable<NpgsqlBatchCommand> Finish(string script, string id)
    {
        var changesRole = script.Contains("ROLE", StringComparison.OrdinalIgnoreCase)
            || script.Contains("AUTHORIZATION", StringComparison.OrdinalIgnoreCase);
        NpgsqlBatchCommand[] own = changesRole ? [new("RESET SESSION AUTHORIZATION"), new("RESET ROLE")] : [];
        return [.. own, .. session.History.Finish(id, session.Settings.Clock)];
    }

    /// <summary>The scripts' session as if it were new: what one migration sets must not reach the next.</summary>
    private async Task<NpgsqlConnection> FreshAsync(CancellationToken cancellation)
    {
        if (scripts is null)
        {
            scripts = await RunSession.ConnectAsync(session.Settings, session.Settings.Address, cancellation);
            scripts.Notice += (_, e) => session.Settings.Progress?.Report(
                new RunEvent.Notice(e.Notice.Severity, Redaction.Clean(e.Notice.MessageText, session.Settings.Address)));
        }
        else
        {
            await using var forget = new NpgsqlCommand("DISCARD ALL", scripts);
            await forget.ExecuteNonQueryAsync(cancellation);
            await ServerConnection.UseSchemaAsync(scripts, session.Settings.Address.Schema, cancellation);
        }

        if (scripts.PostgreSqlVersion.Major >= 14)
        {
            // A run that is killed must not go on in the server without anyone who hears of it.
            await using var watch = new NpgsqlCommand("SET client_connection_check_interval = '1s'", scripts);
            await watch.ExecuteNonQueryAsync(cancellation);
        }

        return scripts;
    }

    private async Task FailAsync(MigrationFile migration, string id, ScriptFailure failure)
    {
        // The failed script's session is closed first: what it still holds open is rolled back before anyone is told so.
        await CloseScriptsAsync();
        var address = session.Settings.Address;
        if (failure.ConnectionLost && await session.History.IsFinishedAsync(session.Connection, id, CancellationToken.None))
        {
            return;
        }

        var described = failure.Describe(migration.Name, migration.Path, address);
        await session.History.FailAsync(session.Connection, id, HistoryProblems.Logs(migration, described), CancellationToken.None);
        throw new ProblemException(HistoryProblems.ApplyFailed(migration, described), failure.Cause);
    }

    // One transaction that never reached its COMMIT has left nothing, so the row may say so and the next run begins anew.
    private async Task RecordCancellationAsync(string id, ScriptPlan plan)
    {
        await CloseScriptsAsync();
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

    private async Task CloseScriptsAsync()
    {
        if (scripts is not null)
        {
            await scripts.DisposeAsync();
            scripts = null;
        }
    }
}
