using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Plan;

namespace Sluice.Sql.Effects;

/// <summary>
/// Reads from a statement's text which locks it takes and which tables it rewrites or scans, as PostgreSQL 15 was measured
/// to do. Where the text does not decide, the worse is assumed.
/// </summary>
public static partial class StatementEffects
{
    private const string CannotBeTold = "what the code it runs does cannot be told from its text";

    /// <param name="known">The tables that are there: types of columns, keys, indexes. Empty when they are not known.</param>
    public static StatementEffect Of(string statement, Database? known = null)
    {
        var tally = new EffectTally(known ?? Database.Empty);
        var words = SqlWords.Of(statement);
        Read(words, tally);
        return tally.Sum();
    }

    private static void Read(ImmutableArray<string> words, EffectTally tally)
    {
        switch (words)
        {
            case ["ALTER", ..]:
                Alter(words, tally);
                break;
            case ["CREATE", ..]:
                Create(words, tally);
                break;
            case ["DROP", ..]:
                Drop(words, tally);
                break;
            case ["REINDEX", ..]:
                Reindex(words, tally);
                break;
            case ["REFRESH", "MATERIALIZED", "VIEW", "CONCURRENTLY", ..]:
                tally.Scan(SqlWords.NameAt(words, 4).Name, LockLevel.Exclusive);
                break;
            case ["REFRESH", "MATERIALIZED", "VIEW", ..]:
                tally.Rewrite(SqlWords.NameAt(words, 3).Name);
                break;
            case ["CLUSTER", _, ..]:
                tally.Rewrite(SqlWords.NameAt(words, words[1] is "VERBOSE" ? 2 : 1).Name);
                break;
            case ["VACUUM", ..]:
                Vacuum(words, tally);
                break;
            case ["ANALYZE", _, ..]:
                tally.Lock(SqlWords.NameAt(words, words[1] is "VERBOSE" ? 2 : 1).Name, LockLevel.ShareUpdateExclusive);
                break;
            case ["TRUNCATE", ..]:
                Truncate(words, tally);
                break;
            case ["LOCK", ..]:
                Lock(words, tally);
                break;
            case ["COMMENT", "ON", "TABLE", ..]:
                tally.Lock(SqlWords.NameAt(words, 3).Name, LockLevel.ShareUpdateExclusive);
                break;
            case ["COMMENT", "ON", "COLUMN", ..]:
                var column = SqlWords.NameAt(words, 3).Name;
                tally.Lock(column.LastIndexOf('.') is > 0 and var dot ? column[..dot] : "", LockLevel.ShareUpdateExclusive);
                break;
            case ["INSERT", "INTO", ..]:
                tally.Lock(SqlWords.NameAt(words, 2).Name, LockLevel.RowExclusive);
                Sources(words, tally);
                break;
            case ["UPDATE", ..]:
                tally.Scan(SqlWords.NameAt(words, words is [_, "ONLY", ..] ? 2 : 1).Name, LockLevel.RowExclusive);
                break;
            case ["DELETE", "FROM", ..]:
                tally.Scan(SqlWords.NameAt(words, words is [_, _, "ONLY", ..] ? 3 : 2).Name, LockLevel.RowExclusive);
                break;
            case ["SELECT" or "WITH", ..]:
                Sources(words, tally);
                break;
            case ["DO" or "CALL" or "EXECUTE", ..]:
                tally.Note = CannotBeTold;
                break;
            default:
                break;
        }
    }

    private static void Reindex(ImmutableArray<string> words, EffectTally tally)
    {
        var at = words is [_, "(", ..] ? SqlWords.Find(words, ")") + 1 : 1;
        var concurrently = SqlWords.Has(words, "CONCURRENTLY");
        var (name, _) = SqlWords.NameAt(words, at + (at + 1 < words.Length && words[at + 1] is "CONCURRENTLY" ? 2 : 1));
        var table = at < words.Length && words[at] is "INDEX" ? tally.TableOfIndex(name) : name;
        if (table is null)
        {
            tally.Note = $"the table of index {name} is not known";
            return;
        }

        tally.Scan(table, concurrently ? LockLevel.ShareUpdateExclusive : LockLevel.Share);
    }

    private static void Vacuum(ImmutableArray<string> words, EffectTally tally)
    {
        var at = words is [_, "(", ..] ? SqlWords.Find(words, ")") + 1 : 1;
        while (at < words.Length && words[at] is "FULL" or "FREEZE" or "VERBOSE" or "ANALYZE")
        {
            at++;
        }

        var (table, _) = SqlWords.NameAt(words, at);
        if (SqlWords.Has(words, "FULL"))
        {
            tally.Rewrite(table);
        }
        else
        {
            tally.Scan(table, LockLevel.ShareUpdateExclusive);
        }
    }

    private static void Truncate(ImmutableArray<string> words, EffectTally tally)
    {
        var cascade = words[^1] is "CASCADE";
        foreach (var part in SqlWords.Split(words[(words is [_, "TABLE", ..] ? 2 : 1)..]))
        {
            Fall(SqlWords.NameAt(part, part is ["ONLY", ..] ? 1 : 0).Name, []);
        }

        void Fall(string table, HashSet<string> seen)
        {
            tally.Empty(table);
            foreach (var child in cascade && seen.Add(table) ? tally.Referencing(table) : [])
            {
                Fall(child, seen);
            }
        }
    }

    private static void Lock(ImmutableArray<string> words, EffectTally tally)
    {
        var mode = SqlWords.Find(words, "IN");
        var level = mode < 0 ? LockLevel.AccessExclusive : words[(mode + 1)..] switch
        {
            ["ACCESS", "SHARE", ..] => LockLevel.AccessShare,
            ["ROW", "SHARE", ..] => LockLevel.RowShare,
            ["ROW", "EXCLUSIVE", ..] => LockLevel.RowExclusive,
            ["SHARE", "UPDATE", ..] => LockLevel.ShareUpdateExclusive,
            ["SHARE", "ROW", ..] => LockLevel.ShareRowExclusive,
            ["SHARE", ..] => LockLevel.Share,
            ["EXCLUSIVE", ..] => LockLevel.Exclusive,
            _ => LockLevel.AccessExclusive,
        };
        foreach (var part in SqlWords.Split(words[(words is [_, "TABLE", ..] ? 2 : 1)..(mode < 0 ? words.Length : mode)]))
        {
            tally.Lock(SqlWords.NameAt(part, part is ["ONLY", ..] ? 1 : 0).Name, level);
        }
    }

    // Read as a query reads them. Whether to the end, only the planner knows.
    private static void Sources(ImmutableArray<string> words, EffectTally tally)
    {
        for (var i = 0; i + 1 < words.Length; i++)
        {
            if (words[i] is "FROM" or "JOIN" && words[i + 1] is not ("(" or "SELECT" or "LATERAL" or SqlWords.Text))
            {
                var (name, end) = SqlWords.NameAt(words, words[i + 1] is "ONLY" ? i + 2 : i + 1);
                if (end >= words.Length || words[end] is not "(")
                {
                    tally.Lock(name, LockLevel.AccessShare);
                }
            }
        }
    }
}
