using System.Collections.Immutable;
using Npgsql;
using Sluice.Sql.Lexing;

namespace Sluice.Postgres.Running;

/// <summary>Sends one script to the server, many statements a round trip.</summary>
internal sealed class ScriptRunner(NpgsqlConnection connection, string script)
{
    // Bounds the memory on both sides; without it a 5 MB script would be one message chain.
    private const int StatementsInBatch = 400;

    private readonly ImmutableArray<SqlStatement> statements = StatementSplitter.Split(script);
    private readonly List<(NpgsqlBatchCommand Command, int Index)> waiting = [];

    /// <param name="finish">Statements of our own to commit together with the script's last transaction.</param>
    /// <returns>Null when all of it ran.</returns>
    public async Task<ScriptFailure?> RunAsync(Func<IEnumerable<NpgsqlBatchCommand>> finish, CancellationToken cancellation)
    {
        var plan = ScriptPlan.Of(script, statements);
        if (ScriptFailure.BeforeSending(script, statements, plan) is { } refused)
        {
            return refused;
        }

        var current = 0;
        try
        {
            foreach (var command in plan.Commands)
            {
                current = command.Index;
                await SendAsync(command, cancellation);
            }

            current = statements.Length;
            await CloseAsync(plan.Ending, finish(), cancellation);
            return null;
        }
        catch (NpgsqlException failure)
        {
            var inBatch = waiting.FindIndex(w => ReferenceEquals(w.Command, failure.BatchCommand));
            var at = inBatch >= 0 ? waiting[inBatch].Index : current;
            return new ScriptFailure(script, statements, at, plan.IsOneTransaction, failure);
        }
    }

    private async Task SendAsync(ScriptCommand command, CancellationToken cancellation)
    {
        if (command is ScriptCommand.Begin)
        {
            waiting.Add((new NpgsqlBatchCommand("BEGIN"), command.Index));
            return;
        }

        var statement = statements[command.Index];
        var text = statement.Text(script);
        if (statement.ReturnsRows)
        {
            // As text: some types have no binary form, which is what a batch would ask for.
            await FlushAsync(cancellation);
            await using var query = new NpgsqlCommand(text, connection) { AllResultTypesAreUnknown = true };
            await query.ExecuteNonQueryAsync(cancellation);
            return;
        }

        waiting.Add((new NpgsqlBatchCommand(text), command.Index));
        if (waiting.Count >= StatementsInBatch)
        {
            await FlushAsync(cancellation);
        }
    }

    private async Task CloseAsync(ScriptEnding ending, IEnumerable<NpgsqlBatchCommand> finish, CancellationToken cancellation)
    {
        if (ending is ScriptEnding.Closed)
        {
            // What follows must not share a batch with a statement that allows no transaction around it.
            await FlushAsync(cancellation);
        }

        waiting.AddRange(finish.Select(f => (f, statements.Length)));
        if (ending is ScriptEnding.Ours)
        {
            waiting.Add((new NpgsqlBatchCommand("COMMIT"), statements.Length));
        }

        await FlushAsync(cancellation);
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        if (waiting.Count == 0)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection);
        foreach (var (command, _) in waiting)
        {
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellation);
        waiting.Clear();
    }
}
