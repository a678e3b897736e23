using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Sql.Lexing;
using Sluice.Sql.Segments;
using Sluice.Text;

namespace Sluice.Postgres.Running;

/// <summary>Where and why a script stopped.</summary>
/// <param name="Index">The statement, from 0; the end of its segment when it was the COMMIT.</param>
/// <param name="Segment">Where it stands; null when nothing was sent.</param>
internal sealed record ScriptFailure(string Script, ImmutableArray<SqlStatement> Statements, int Index, Segment? Segment, NpgsqlException? Cause)
{
    private const int LongestExcerpt = 400;

    /// <summary>Why it was not even sent; null when the server said no.</summary>
    public string? Refusal { get; init; }

    /// <summary>Who was in the way when a lock was not to be had within the budget; null for every other failure.</summary>
    public string? Blocker { get; init; }

    public bool ConnectionLost => Cause switch
    {
        null => false,
        PostgresException server => server.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown,
        _ => true,
    };

    /// <summary>A statement that must be outside of any transaction, and not because it stands in a function: only then a context is told, but for these two.</summary>
    public bool RefusesTransaction => MustBeOutside && Index < Statements.Length
        && (Cause is PostgresException { Where: null or "" } || Statements[Index].Keywords is ["REINDEX" or "CLUSTER", ..]);

    /// <summary>A COMMIT before the statement could be what it lacks: it must be alone, or uses an enum value that those before it added.</summary>
    public bool MayBeCut => RefusesTransaction || (UsesFreshValue && Index > Segment!.First && !Statements[Index].Text(Script).Contains("ADD VALUE", StringComparison.OrdinalIgnoreCase));

    private bool MustBeOutside => Cause is PostgresException { SqlState: PostgresErrorCodes.ActiveSqlTransaction, Routine: "PreventInTransactionBlock" };

    private bool UsesFreshValue => Cause is PostgresException { SqlState: "55P04" };

    /// <summary>Statements before it hold for their transaction only.</summary>
    public bool IsBound(Segment segment) => Statements[segment.First..Index].Any(s => s.IsBoundToTransaction(Script));

    /// <summary>How to write what the server refused because of where it stands; null for every other failure.</summary>
    public string? Advice => Cause is not PostgresException refused ? null : refused switch
    {
        _ when MayBeCut && Segment is Segment.Scripted => "End the script's own transaction before that statement (COMMIT;), or leave its BEGIN and COMMIT out: then the script is committed where it must be.",
        _ when MayBeCut => "The statements before it hold for their transaction only (SET LOCAL, LOCK, SAVEPOINT, ON COMMIT …), so nothing was committed between: put it into a migration of its own.",
        _ when UsesFreshValue => "A value of an enum can be used once it is committed: add it in a statement of its own (ALTER TYPE … ADD VALUE …;), before the block that uses it.",
        _ when MustBeOutside => "Take that command out of the block or function and write it as a statement of the script: there it is run outside of any transaction.",
        { SqlState: PostgresErrorCodes.InvalidTransactionTermination } when Segment is not Segment.Alone => "A procedure may commit when it is called outside of any transaction: put the CALL into a migration of its own, as its only statement.",
        _ => null,
    };

    /// <summary>The problem it is, with the advice first among the remedies.</summary>
    public Problem On(Problem problem, FailedStatement described) => problem with
    {
        Statement = described,
        Remedies = Advice is { } advice ? [advice, .. problem.Remedies] : problem.Remedies,
    };

    /// <summary>Scripts that would leave the session in a state in which nothing after them is true.</summary>
    public static ScriptFailure? BeforeSending(Segmentation cut)
    {
        var (script, statements) = (cut.Script, cut.Statements);
        if (cut.LeftOpen is { } begin)
        {
            return new ScriptFailure(script, statements, begin, null, null)
            {
                Refusal = "the transaction that begins here is never ended; write COMMIT; at the end",
            };
        }

        for (var i = 0; i < statements.Length; i++)
        {
            if (CopyRefusal(script, statements[i]) is { } why)
            {
                return new ScriptFailure(script, statements, i, null, null) { Refusal = why };
            }
        }

        return null;
    }

    public FailedStatement Describe(string? migration, string? file, DatabaseAddress address)
    {
        var at = Index == Segment?.End && Index > Segment.First ? Index - 1 : Index;
        var statement = at < Statements.Length ? Statements[at] : Statements is [.., var last] ? last : null;
        var (position, exact) = Position(statement);
        var source = new SourceText(file ?? "", Script);
        var own = statement?.Text(Script) ?? "";
        string Clean(string text) => Redaction.Clean(text, address, own);

        var (line, column) = source.Position(position);
        return new FailedStatement(
            migration,
            file,
            Math.Min(at + 1, Statements.Length),
            Statements.Length,
            line,
            exact ? column : null,
            Clean(Excerpt(statement)),
            Clean(source.Line(line)),
            Error(Clean),
            State(statement));
    }

    // The server counts characters of the statement from 1; .NET counts UTF-16 units.
    private (int Position, bool Exact) Position(SqlStatement? statement)
    {
        var start = statement?.Span.Start ?? 0;
        if (statement is null || Index == Segment?.End || Cause is not PostgresException { Position: > 0 and var characters })
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

    private ServerError Error(Func<string, string> clean)
    {
        string? Clean(string? text) => text is null ? null : clean(text);

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
        var before = Segment?.First ?? 0;
        var stayed = before switch
        {
            0 => "",
            1 => "Statement 1 had been committed and stayed",
            _ => string.Create(CultureInfo.InvariantCulture, $"Statements 1 to {before} had been committed and stayed"),
        };
        if (Segment is null)
        {
            return "Nothing of it was sent to the server.";
        }

        if (Segment is Segment.Alone)
        {
            var own = statement is not null && IsConcurrentIndex(statement)
                ? "An index built CONCURRENTLY that fails stays behind, marked invalid; the next run drops it and builds it again."
                : "It runs outside any transaction; nothing of it stayed unless it commits by itself.";
            return stayed.Length == 0 ? own : $"{stayed}. {own}";
        }

        if (ConnectionLost && Index == Segment.End)
        {
            return "The connection broke while the whole of it was being committed; the history tells which way it went.";
        }

        return stayed.Length == 0
            ? "All of it was rolled back; the database is as it was before."
            : stayed + "; the others were rolled back.";
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
}
