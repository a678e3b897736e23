using System.Collections.Immutable;
using Sluice.Sql.Lexing;

namespace Sluice.Postgres.Running;

/// <summary>
/// How a script is sent so that it behaves as one simple-query message does, which is what Prisma sends: a lone statement
/// commits itself; several share one transaction; a BEGIN inside joins it; a COMMIT inside ends it and the rest has another.
/// </summary>
/// <param name="IsOneTransaction">All of the script is committed at once, and our history row with it.</param>
internal sealed record ScriptPlan(ImmutableArray<ScriptCommand> Commands, ScriptEnding Ending, bool IsOneTransaction)
{
    public static ScriptPlan Of(string script) => Of(script, StatementSplitter.Split(script));

    public static ScriptPlan Of(string script, ImmutableArray<SqlStatement> statements)
    {
        if (statements is [{ Transaction: TransactionControl.None } alone] && !MayRunInTransaction(script, alone))
        {
            return new ScriptPlan([new ScriptCommand.Statement(0)], ScriptEnding.Closed, false);
        }

        var commands = ImmutableArray.CreateBuilder<ScriptCommand>(statements.Length + 2);
        var open = false;
        var byScript = false;
        for (var i = 0; i < statements.Length; i++)
        {
            var control = statements[i].Transaction;
            if (!open && control is TransactionControl.None)
            {
                commands.Add(new ScriptCommand.Begin(i));
            }

            // A plain BEGIN within our transaction only makes it the script's own; sent, it would earn a warning.
            if (!open || byScript || statements[i].Keywords is not (["BEGIN"] or ["BEGIN", "WORK" or "TRANSACTION"] or ["START", "TRANSACTION"]))
            {
                commands.Add(new ScriptCommand.Statement(i));
            }

            open = control is not TransactionControl.End;
            byScript = control switch
            {
                TransactionControl.Begin or TransactionControl.EndAndBegin => true,
                TransactionControl.End => false,
                _ => byScript,
            };
        }

        var ending = (open, byScript) switch
        {
            (false, _) => ScriptEnding.Closed,
            (true, true) => ScriptEnding.LeftOpen,
            (true, false) => ScriptEnding.Ours,
        };
        var oneTransaction = ending is ScriptEnding.Ours
            && !statements.Any(s => s.Transaction is TransactionControl.End or TransactionControl.EndAndBegin);
        return new ScriptPlan(commands.ToImmutable(), ending, oneTransaction);
    }

    // A lone statement of an ordinary kind is put into a transaction, so that it and its history row are committed together.
    private static bool MayRunInTransaction(string script, SqlStatement statement) =>
        statement.Keywords is ["CREATE" or "ALTER" or "DROP", not ("DATABASE" or "SYSTEM" or "TABLESPACE" or "SUBSCRIPTION"), ..]
            or ["INSERT" or "UPDATE" or "DELETE" or "TRUNCATE" or "COMMENT" or "GRANT" or "REVOKE", ..]
        && !script.AsSpan(statement.Span.Start, statement.Span.Length).Contains("CONCURRENTLY", StringComparison.OrdinalIgnoreCase);
}

/// <param name="Index">The statement it is, or comes before.</param>
internal abstract record ScriptCommand(int Index)
{
    /// <summary>The implicit transaction begins.</summary>
    public sealed record Begin(int Before) : ScriptCommand(Before);

    public sealed record Statement(int At) : ScriptCommand(At);
}

internal enum ScriptEnding
{
    /// <summary>Nothing is open after the last statement.</summary>
    Closed,

    /// <summary>Our own transaction is open and ours to commit.</summary>
    Ours,

    /// <summary>The script began a transaction and never ended it.</summary>
    LeftOpen,
}
