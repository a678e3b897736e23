using System.Collections.Immutable;
using Sluice.Sql.Lexing;

namespace Sluice.Sql.Segments;

/// <summary>
/// A script cut where it commits. One transaction by default, as one message of many statements is to the server: a BEGIN
/// inside joins it, a COMMIT inside ends it and the rest has another. It is cut further around statements that refuse a
/// transaction, and before the first use of an enum value that was added in it.
/// </summary>
/// <param name="LeftOpen">The statement whose transaction the script never ends; null for every sound script.</param>
public sealed record Segmentation(string Script, ImmutableArray<SqlStatement> Statements, ImmutableArray<Segment> Segments, int? LeftOpen)
{
    /// <summary>All of it is committed at once, or nothing.</summary>
    public bool IsOneTransaction => Segments is [] or [Segment.Transaction or Segment.Scripted { Keeps: true }];

    public static Segmentation Of(string script) => Of(script, StatementSplitter.Split(script));

    /// <param name="from">The first statement still to be run; those before it have been committed.</param>
    public static Segmentation Of(string script, ImmutableArray<SqlStatement> statements, int from = 0)
    {
        var cutter = new Cutter(script, statements);
        for (var i = from; i < statements.Length; i++)
        {
            cutter.Take(i);
        }

        return cutter.Finish();
    }

    /// <summary>The same, with a COMMIT before a statement of a transaction; one that stands alone is not put into the next.</summary>
    /// <param name="alone">What the statement is, when the server takes it outside any transaction only; null for one that begins the next.</param>
    public Segmentation CutAt(Segment.Transaction segment, int index, LoneStatement? alone)
    {
        var (before, after) = (new Segment.Transaction(segment.First, index), new Segment.Transaction(alone is null ? index : index + 1, segment.End));
        Segment?[] parts = [before.First < before.End ? before : null, alone is null ? null : new Segment.Alone(index, alone), after.First < after.End ? after : null];
        return this with { Segments = [.. Segments.SelectMany(s => s == segment ? parts.OfType<Segment>() : [s])] };
    }

    private sealed class Cutter(string script, ImmutableArray<SqlStatement> statements)
    {
        private readonly ImmutableArray<Segment>.Builder segments = ImmutableArray.CreateBuilder<Segment>();
        private readonly FreshEnumValues fresh = new();
        private int first = -1;
        private int begin;
        private bool byScript;
        private Opening opening;

        public void Take(int index)
        {
            var statement = statements[index];
            if (statement.Transaction is TransactionControl.None)
            {
                TakePlain(index, statement, statement.Text(script));
                return;
            }

            if (first < 0)
            {
                Open(index, statement.Transaction is TransactionControl.Begin ? Opening.Own : Opening.Missing);
            }

            if (statement.Transaction is TransactionControl.Begin)
            {
                begin = index;
                byScript = true;
                return;
            }

            var keeps = statement.Keywords is not ["ROLLBACK" or "ABORT", ..];
            segments.Add(new Segment.Scripted(first, index + 1, opening, keeps));
            Close();
            if (statement.Transaction is TransactionControl.EndAndBegin)
            {
                Open(index + 1, Opening.Chained);
                begin = index;
                byScript = true;
            }
        }

        public Segmentation Finish()
        {
            var open = first >= 0 && byScript ? begin : (int?)null;
            CommitBefore(statements.Length);
            return new Segmentation(script, statements, segments.ToImmutable(), open);
        }

        private void TakePlain(int index, SqlStatement statement, string text)
        {
            var word = statement.Keywords is [var head, ..] ? head : "";
            if (!byScript && LoneStatements.Read(text, word, statements.Length == 1) is { } lone)
            {
                CommitBefore(index);
                segments.Add(new Segment.Alone(index, lone));
                return;
            }

            if (!byScript && fresh.IsUsedBy(text, statement))
            {
                CommitBefore(index);
            }

            if (first < 0)
            {
                Open(index, Opening.Missing);
            }

            fresh.Note(text, statement);
        }

        private void Open(int index, Opening how)
        {
            first = index;
            opening = how;
        }

        private void CommitBefore(int index)
        {
            if (first >= 0 && first < index)
            {
                segments.Add(new Segment.Transaction(first, index));
            }

            Close();
        }

        private void Close()
        {
            first = -1;
            byScript = false;
            fresh.Clear();
        }
    }
}
