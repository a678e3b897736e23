using System.Collections.Immutable;
using System.Text;
using Sluice.Lint.Known;
using Sluice.Lint.Predicting;
using Sluice.Lint.Statements;
using Sluice.Plan;
using Sluice.Sql;
using Sluice.Sql.Lexing;
using Sluice.Sql.Segments;
using Sluice.Text;

namespace Sluice.Online;

/// <summary>
/// The text of a script that commits where it must: a transaction holds strong locks on one table, and none while rows are gone
/// through. What locks and reads, the linter predicts; a statement that still closes a table for as long as it is large is named.
/// </summary>
internal sealed class OnlineScript(KnownSchema known)
{
    private readonly StringBuilder text = new();
    private readonly HashSet<string> held = new(StringComparer.Ordinal);
    private readonly ImmutableArray<string>.Builder offline = ImmutableArray.CreateBuilder<string>();
    private bool isOpen;
    private bool works;
    private bool byScript;
    private bool saysLocked;

    public static (string Text, ImmutableArray<string> Offline) Write(IEnumerable<Passage> passages, KnownSchema known)
    {
        var script = new OnlineScript(known);
        foreach (var passage in passages.Where(p => !p.Statements.IsEmpty))
        {
            script.Add(passage);
        }

        return (script.text.ToString(), script.offline.ToImmutable());
    }

    private void Add(Passage passage)
    {
        var title = passage.Title;
        foreach (var statement in passage.Statements)
        {
            var read = StatementSplitter.Split(statement)[0];
            var first = title.Length > 0;
            if (Take(read.Text(statement), read, passage.IsJoined || (passage.IsApart && !first), passage.IsApart && first))
            {
                text.Append("COMMIT;\n");
            }

            if (first)
            {
                text.Append(text.Length > 0 ? "\n-- " : "-- ").Append(title).Append('\n');
                title = "";
            }

            text.Append(statement).Append(";\n");
        }
    }

    /// <returns>Whether the transaction so far must be committed first.</returns>
    private bool Take(string statement, SqlStatement split, bool isJoined, bool isApart)
    {
        if (split.Transaction is not TransactionControl.None)
        {
            var begins = split.Transaction is TransactionControl.Begin && isOpen;
            Begin();
            byScript = split.Transaction is TransactionControl.Begin;
            return begins;
        }

        if (LoneStatements.Read(statement, split.Keywords is [var head, ..] ? head : "", isOnly: false) is not null)
        {
            known.Apply(StatementReader.Read(statement, TransactionControl.None, known.IsTemporary));
            Begin();
            return false;
        }

        var read = StatementReader.Read(statement, TransactionControl.None, known.IsTemporary);
        var prediction = Predictor.Predict(read, known);
        var strong = prediction.Locks.Items.Where(l => l.Level >= LockLevel.Share && !IsNew(l.Table)).Select(l => l.Table).ToList();
        var gone = prediction.Rewrites.Items.Concat(prediction.Scans.Items).Where(t => !IsNew(t)).Distinct().ToList();
        var needsCommit = isOpen && !byScript && !isJoined
            && ((isApart && (works || held.Count > 0)) || (gone.Count > 0 && held.Count > 0) || (works && strong.Count > 0) || (held.Count > 0 && strong.Exists(t => !held.Contains(t))));
        if (read is Statement.LockTable && strong is [var kept, ..])
        {
            offline.Add($"{kept} is closed while what goes is kept: {OneLine(statement)}");
        }

        if (gone.Find(t => prediction.LockOn(t) >= LockLevel.Share) is { } closed)
        {
            offline.Add($"{closed} is closed {(prediction.LockOn(closed) is LockLevel.AccessExclusive ? "" : "to writers ")}while every row is {(prediction.Rewriting(closed) ? "written anew" : "read")}: {OneLine(statement)}");
        }
        else if ((byScript || isJoined) && !saysLocked && held.Count > 0
            && prediction.Locks.Items.FirstOrDefault(l => l.Level >= LockLevel.ShareRowExclusive && !held.Contains(l.Table) && known.Find(l.Table) is { New: false, Kind: RelationKind.Table }) is { Table: var second })
        {
            saysLocked = true;
            offline.Add($"{second} is locked while {held.First()} still is, in one transaction: {OneLine(statement)}");
        }
        else if (Renamed(read) is { } renamed)
        {
            offline.Add($"the application that runs asks for the old name: {OneLine(renamed)}");
        }

        if (needsCommit)
        {
            Begin();
        }

        isOpen = true;
        works |= gone.Count > 0;
        held.UnionWith(strong);
        known.Apply(read);
        return needsCommit;

        string? Renamed(Statement renaming) => renaming switch
        {
            Statement.AlterRelation { Kind: not (RelationKind.Index or RelationKind.Sequence) } alter
                when alter.Actions.Items.Any(a => a is AlterAction.RenameColumn or AlterAction.RenameTo or AlterAction.SetSchema) && known.Find(alter.Name) is not { New: true } => statement,
            Statement.RenameEnumValue => statement,
            Statement.AlterOther { Kind: "TYPE", RenamedTo: not null } when !byScript => statement,
            _ => null,
        };
    }

    private bool IsNew(string table) => known.Find(table) is { New: true };

    private void Begin()
    {
        held.Clear();
        (isOpen, works, byScript, saysLocked) = (false, false, false, false);
    }

    private static string OneLine(string statement)
    {
        const int Longest = 160;
        var line = string.Join(' ', statement.Split((char[])['\n', '\r', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= Longest ? line : string.Concat(line.AsSpan(0, Longest), " …");
    }
}
