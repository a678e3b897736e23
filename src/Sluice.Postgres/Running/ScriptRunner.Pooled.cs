using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Sql.Segments;

namespace Sluice.Postgres.Running;

/// <summary>
/// Behind a pooler: what a script would find in its session is set in each transaction anew, and what it sets there itself is
/// taken away before the COMMIT, because the session is another client's the moment after.
/// </summary>
internal sealed partial class ScriptRunner
{
    // SET alone, no SELECT: after a query the script could not choose its isolation level any more.
    private void AddLocalSettings(Segment segment)
    {
        Add($"SET LOCAL search_path = {ServerConnection.Quote(session.Address.Schema)}", segment.First);
        Add($"SET LOCAL application_name = '{session.Address.ApplicationName.Replace("'", "''", StringComparison.Ordinal)}'", segment.First);
        if (session.LockTimeout is { } wait && !cut.SetsLockTimeout())
        {
            var brief = cut.LockClassOf(segment) is LockClass.Brief;
            Add(ScriptSession.LockTimeoutCommand(brief ? wait : TimeSpan.Zero).Replace("SET ", "SET LOCAL ", StringComparison.Ordinal), segment.First);
        }

        foreach (var statement in cut.Statements.Take(segment.First).Where(s => s.IsSessionSetting()))
        {
            Add(statement.Text(cut.Script), segment.First);
        }
    }

    private void AddResets(Segment segment)
    {
        if (cut.Statements.Any(s => s.IsSessionSetting()) || cut.Script.Contains("set_config", StringComparison.OrdinalIgnoreCase))
        {
            Add("RESET SESSION AUTHORIZATION", segment.End);
            Add("RESET ROLE", segment.End);
            Add("RESET ALL", segment.End);
        }
    }

    /// <summary>Outside a transaction nothing can be set for a statement alone; and the same one, sent by a run that is gone, may still be at work.</summary>
    /// <exception cref="ProblemException">SL5035: it would need its session.</exception>
    private async Task RequireSessionlessAsync(Segment.Alone segment, CancellationToken cancellation)
    {
        var schema = session.Address.Schema;
        await using var current = new NpgsqlCommand("SELECT pg_catalog.current_schema()", connection);
        var found = await current.ExecuteScalarAsync(cancellation) as string ?? "";
        var why = found != schema
            ? $"the names in it would be looked up in schema `{found}`, not in `{schema}`"
            : cut.Statements.Take(segment.First).Any(s => s.IsSessionSetting()) ? "the settings before it in the script would not hold for it" : null;
        if (why is not null)
        {
            throw new ProblemException(HistoryProblems.NeedsSession(Describe(segment.First), why));
        }

        var text = cut.Statements[segment.First].Text(cut.Script);
        while (books?.OpenNote(segment.First) is not null && await ActivityQueries.WorkerAsync(connection, null, text, cancellation) is { } process)
        {
            patience?.Report(new RunEvent.Blocked($"pid {process}, which still runs this statement for a run that is gone", TimeSpan.Zero));
            await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
        }
    }
}
