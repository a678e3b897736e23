using System.Collections.Immutable;
using Sluice.Plan;
using Sluice.Syntax;

namespace Sluice.Sql.Effects;

public static partial class StatementEffects
{
    private static void Alter(ImmutableArray<string> words, EffectTally tally)
    {
        switch (words)
        {
            case [_, "TABLE", ..] or [_, "FOREIGN", "TABLE", ..]:
                AlterTable(words, words[1] is "TABLE" ? 2 : 3, tally);
                break;
            case [_, "VIEW", ..]:
                tally.Lock(SqlWords.NameAt(words, 2).Name, LockLevel.AccessExclusive);
                break;
            case [_, "MATERIALIZED", "VIEW", ..]:
                tally.Lock(SqlWords.NameAt(words, 3).Name, LockLevel.AccessExclusive);
                break;
            case [_, "POLICY", ..] or [_, "TRIGGER", ..]:
                tally.Lock(After(words, "ON"), LockLevel.AccessExclusive);
                break;
            case [_, "DOMAIN", ..] when SqlWords.Has(words, "ADD") && !IsNotValid(words):
                foreach (var table in tally.Using(SqlWords.NameAt(words, 2).Name))
                {
                    tally.Scan(table, LockLevel.Share);
                }

                break;
            default:
                break;
        }
    }

    private static void AlterTable(ImmutableArray<string> words, int at, EffectTally tally)
    {
        at += words.Length > at + 1 && words[at] is "IF" ? 2 : 0;
        at += words.Length > at && words[at] is "ONLY" ? 1 : 0;
        var (table, end) = SqlWords.NameAt(words, at);
        end += end < words.Length && words[end] is "*" ? 1 : 0;
        foreach (var action in SqlWords.Split(words[end..]))
        {
            Act(table, action, tally);
        }
    }

    private static void Act(string table, ImmutableArray<string> action, EffectTally tally)
    {
        switch (action)
        {
            case ["ADD", "CONSTRAINT", ..] or ["ADD", "CHECK" or "UNIQUE" or "PRIMARY" or "FOREIGN" or "EXCLUDE", ..]:
                AddConstraint(table, action, tally);
                break;
            case ["ADD", ..]:
                AddColumn(table, action[(action is [_, "COLUMN", ..] ? 2 : 1)..], tally);
                break;
            case ["DROP", "CONSTRAINT", ..]:
                DropConstraint(table, action, tally);
                break;
            case ["DROP", ..]:
                DropColumn(table, SqlWords.NameAt(action, action is [_, "COLUMN", ..] ? 2 : 1).Name, tally);
                break;
            case ["VALIDATE", "CONSTRAINT", ..]:
                tally.Scan(table, LockLevel.ShareUpdateExclusive);
                if (ReferencedBy(table, SqlWords.NameAt(action, 2).Name, tally) is { } referenced)
                {
                    tally.Scan(referenced, LockLevel.RowShare);
                }

                break;
            case ["ALTER", ..]:
                AlterColumn(table, action[(action is [_, "COLUMN", ..] ? 2 : 1)..], tally);
                break;
            case ["SET" or "RESET", "(", ..] or ["CLUSTER", ..] or ["SET", "WITHOUT", "CLUSTER", ..]:
                tally.Lock(table, LockLevel.ShareUpdateExclusive);
                break;
            case ["SET", "LOGGED" or "UNLOGGED" or "TABLESPACE" or "ACCESS", ..]:
                tally.Rewrite(table);
                break;
            case ["ENABLE" or "DISABLE", "TRIGGER", ..] or ["ENABLE", "ALWAYS" or "REPLICA", "TRIGGER", ..]:
                tally.Lock(table, LockLevel.ShareRowExclusive);
                break;
            case ["ATTACH", "PARTITION", ..]:
                tally.Lock(table, LockLevel.ShareUpdateExclusive);
                tally.Scan(SqlWords.NameAt(action, 2).Name, LockLevel.AccessExclusive);
                break;
            case ["DETACH", "PARTITION", ..]:
                var level = SqlWords.Has(action, "CONCURRENTLY") ? LockLevel.ShareUpdateExclusive : LockLevel.AccessExclusive;
                tally.Lock(table, level);
                tally.Lock(SqlWords.NameAt(action, 2).Name, level);
                break;
            default:
                tally.Lock(table, LockLevel.AccessExclusive);
                break;
        }
    }

    private static void AddConstraint(string table, ImmutableArray<string> action, EffectTally tally)
    {
        if (SqlWords.Find(action, "REFERENCES") is >= 0 and var at && SqlWords.Has(action, "FOREIGN", "KEY"))
        {
            var (referenced, _) = SqlWords.NameAt(action, at + 1);
            foreach (var side in new[] { table, referenced })
            {
                if (IsNotValid(action))
                {
                    tally.Lock(side, LockLevel.ShareRowExclusive);
                }
                else
                {
                    tally.Scan(side, LockLevel.ShareRowExclusive);
                }
            }
        }
        else if (IsNotValid(action) || SqlWords.Has(action, "USING", "INDEX"))
        {
            tally.Lock(table, LockLevel.AccessExclusive);
        }
        else
        {
            tally.Scan(table, LockLevel.AccessExclusive);
        }
    }

    private static void DropConstraint(string table, ImmutableArray<string> action, EffectTally tally)
    {
        tally.Lock(table, LockLevel.AccessExclusive);
        var (name, _) = SqlWords.NameAt(action, action is [_, _, "IF", ..] ? 4 : 2);
        tally.Lock(ReferencedBy(table, name, tally) ?? "", LockLevel.AccessExclusive);
        var holdsKeys = action[^1] is "CASCADE" && tally.Table(table) is { } known
            && (known.PrimaryKey?.Name == name || known.Indexes.Items.Any(i => i.Name == name));
        foreach (var child in holdsKeys ? tally.Referencing(table) : [])
        {
            tally.Lock(child, LockLevel.AccessExclusive);
        }
    }

    private static void DropColumn(string table, string column, EffectTally tally)
    {
        tally.Lock(table, LockLevel.AccessExclusive);
        foreach (var key in tally.Table(table)?.ForeignKeys.Items.Where(k => k.Columns.Items.Contains(column)) ?? [])
        {
            tally.Lock(key.ReferencedTable.Name, LockLevel.AccessExclusive);
        }
    }

    private static string? ReferencedBy(string table, string constraint, EffectTally tally) =>
        tally.Table(table)?.ForeignKeys.Items.FirstOrDefault(k => k.Name == constraint)?.ReferencedTable.Name;

    private static void AlterColumn(string table, ImmutableArray<string> words, EffectTally tally)
    {
        var (column, end) = SqlWords.NameAt(words, 0);
        var known = tally.Table(table)?.Column(column);
        switch (words[end..])
        {
            case ["SET", "STATISTICS", ..] or ["SET" or "RESET", "(", ..]:
                tally.Lock(table, LockLevel.ShareUpdateExclusive);
                break;
            case ["SET", "NOT", "NULL", ..] when known?.Arity is FieldArity.Required:
                tally.Lock(table, LockLevel.AccessExclusive);
                break;
            case ["SET", "NOT", "NULL", ..]:
                tally.Scan(table, LockLevel.AccessExclusive);
                break;
            case ["TYPE", .. var type]:
                Retype(table, known, type, tally);
                break;
            case ["SET", "DATA", "TYPE", .. var type]:
                Retype(table, known, type, tally);
                break;
            default:
                tally.Lock(table, LockLevel.AccessExclusive);
                break;
        }
    }

    private static bool IsNotValid(ImmutableArray<string> words) => words.Length > 2 && words[^2] is "NOT" && words[^1] is "VALID";
}
