using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Sql.Lexing;
using Sluice.Text;

namespace Sluice.Postgres.Running;

/// <summary>Where and why a script stopped.</summary>
/// <param name="Index">The statement, from 0; as many as there are when it was the COMMIT at the end.</param>
/// <param name="IsOneTransaction">None of it can have stayed.</param>
internal sealed record ScriptFailure(
    string Script,
    ImmutableArray<SqlStatement> Statements,
    int Index,
    bool IsOneTransaction,
    NpgsqlException? Cause)
{
    private const int LongestExcerpt = 400;

    /// <summary>Why it was not even sent; null when the server said no.</summary>
    public string? Refusal { get; init; }

    public bool ConnectionLost => Cause switch
    {
        null => false,
        PostgresException server => server.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown,
        _ => true,
    };

    /// <summary>Scripts that would leave the session in a state in which nothing after them is true.</summary>
    public static ScriptFailure? BeforeSending(string script, ImmutableArray<SqlStatement> statements, ScriptPlan plan)
    {
        if (plan.Ending is ScriptEnding.LeftOpen)
        {
            var begin = LastBegin(statements);
            return new ScriptFailure(script, statements, begin, true, null)
            {
                Refusal = "the transaction that begins here is never ended; write COMMIT; at the end",
            };
        }

        for (var i = 0; i < statements.Length; i++)
        {
            if (CopyRefusal(script, statements[i]) is { } why)
            {
                return new ScriptFailure(script, statements, i, true, null) { Refusal = why };
            }
        }

        return null;
    }

    public FailedStatement Describe(string? migration, string? file, DatabaseAddress address)
    {
        var statement = Index < Statements.Length ? Statements[Index] : Statements is [.., var last] ? last : null;
        var (position, exact) = Position(statement);
        var source = new SourceText(file ?? "", Script);
        var (line, column) = source.Position(position);
        return new FailedStatement(
            migration,
            file,
            Math.Min(Index + 1, Statements.Length),
            Statements.Length,
            line,
            exact ? column : null,
            Redaction.Clean(Excerpt(statement), address),
            Redaction.Clean(source.Line(line), address),
            Error(address),
            State(statement));
    }

    // The server counts characters of the statement from 1; .NET counts UTF-16 units.
    private (int Position, bool Exact) Position(SqlStatement? statement)
    {
        var start = statement?.Span.Start ?? 0;
        if (statement is null || Index == Statements.Length || Cause is not PostgresException { Position: > 0 and var characters })
        {
            return (start, false);
        }

        var at = start;
        for (var i = 1; i < characters && at < statement.Span.End; i++)
        {
            at += char.IsHighSurrogate(Script[at]) && at + 1 < Script.Length ? 2 : 1;
        }

        return (at, true);
    }

    private ServerError Error(DatabaseAddress address)
    {
        string? Clean(string? text) => text is null ? null : Redaction.Clean(text, address);

        return Cause switch
        {
            PostgresException server => new ServerError(
                server.SqlState, server.Severity, Clean(server.MessageText)!, Clean(server.Detail), Clean(server.Hint), Clean(server.Where)),
            { } lost => new ServerError("08006", "FATAL", Clean(lost.InnerException?.Message ?? lost.Message)!, null, null, null),
            null => new ServerError("", "ERROR", Refusal ?? "", null, null, null),
        };
    }

    private string State(SqlStatement? statement)
    {
        if (Refusal is not null)
        {
            return "Nothing of it was sent to the server.";
        }

        if (IsOneTransaction)
        {
            return ConnectionLost && Index == Statements.Length
                ? "The connection broke while the whole of it was being committed; the history tells which way it went."
                : "All of it was rolled back; the database is as it was before.";
        }

        if (Statements.Length == 1)
        {
            return statement is not null && IsConcurrentIndex(statement)
                ? "An index built CONCURRENTLY that fails stays behind, marked invalid; drop it before the next attempt."
                : "It was a single statement; nothing of it stayed unless it commits by itself.";
        }

        var committed = CommittedBefore();
        return committed == 0
            ? "All of it was rolled back; the database is as it was before."
            : string.Create(CultureInfo.InvariantCulture, $"Statements 1 to {committed} had been committed by the script's own COMMIT and stayed; the others were rolled back.");
    }

    // The last COMMIT before the failing statement: it and those before it stayed.
    private int CommittedBefore()
    {
        for (var i = Math.Min(Index, Statements.Length) - 1; i >= 0; i--)
        {
            if (Statements[i] is { Transaction: not (TransactionControl.None or TransactionControl.Begin), Keywords: ["COMMIT" or "END" or "PREPARE", ..] })
            {
                return i + 1;
            }
        }

        return 0;
    }

    private string Excerpt(SqlStatement? statement)
    {
        if (statement is null)
        {
            return "";
        }

        var text = statement.Text(Script);
        return text.Length <= LongestExcerpt ? text : string.Concat(text.AsSpan(0, LongestExcerpt), " …");
    }

    private bool IsConcurrentIndex(SqlStatement statement) =>
        statement.Keywords is ["CREATE" or "REINDEX", ..]
        && Script.AsSpan(statement.Span.Start, statement.Span.Length).Contains("CONCURRENTLY", StringComparison.OrdinalIgnoreCase);

    // As words only: a file or a column may be called the same.
    private static string? CopyRefusal(string script, SqlStatement statement)
    {
        if (statement.Keywords is not ["COPY", ..])
        {
            return null;
        }

        var text = script.AsSpan(statement.Span.Start, statement.Span.Length);
        var lexer = new SqlLexer(text);
        for (var token = lexer.Next(); token.Kind is not SqlTokenKind.End; token = lexer.Next())
        {
            var word = token.Kind is SqlTokenKind.Word ? text[token.Start..token.End] : [];
            if (word.Equals("STDIN", StringComparison.OrdinalIgnoreCase))
            {
                return "COPY FROM STDIN needs a client that sends the rows; write INSERT statements";
            }

            if (word.Equals("STDOUT", StringComparison.OrdinalIgnoreCase))
            {
                return "COPY TO STDOUT needs a client that takes the rows; leave it out";
            }
        }

        return null;
    }

    private static int LastBegin(ImmutableArray<SqlStatement> statements)
    {
        var last = statements.Length - 1;
        while (last > 0 && statements[last].Transaction is not (TransactionControl.Begin or TransactionControl.EndAndBegin))
        {
            last--;
        }

        return last;
    }
}
