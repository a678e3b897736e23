using System.Collections.Immutable;
using Sluice.Plan;

namespace Sluice.Sql.Effects;

public static partial class StatementEffects
{
    private static void Create(ImmutableArray<string> words, EffectTally tally)
    {
        switch (words)
        {
            case [_, "INDEX", ..] or [_, "UNIQUE", "INDEX", ..]:
                var level = SqlWords.Has(words, "INDEX", "CONCURRENTLY") ? LockLevel.ShareUpdateExclusive : LockLevel.Share;
                tally.Scan(After(words, SqlWords.Has(words, "ON", "ONLY") ? "ONLY" : "ON"), level);
                break;
            case [_, "TRIGGER" or "CONSTRAINT", ..] or [_, "OR", "REPLACE", "TRIGGER", ..]:
                tally.Lock(After(words, "ON"), LockLevel.ShareRowExclusive);
                break;
            case [_, "POLICY", ..]:
                tally.Lock(After(words, "ON"), LockLevel.AccessExclusive);
                break;
            case [_, "RULE", ..] or [_, "OR", "REPLACE", "RULE", ..]:
                tally.Lock(After(words, "TO"), LockLevel.AccessExclusive);
                break;
            case [_, "STATISTICS", ..]:
                tally.Lock(After(words, "FROM"), LockLevel.ShareUpdateExclusive);
                break;
            case [_, "PUBLICATION", ..]:
                foreach (var part in SqlWords.Has(words, "FOR", "TABLE") ? SqlWords.Split(words[(SqlWords.Find(words, "FOR", "TABLE") + 2)..]) : [])
                {
                    tally.Lock(SqlWords.NameAt(part, part is ["ONLY", ..] ? 1 : 0).Name, LockLevel.ShareUpdateExclusive);
                }

                break;
            case [_, "TABLE" or "UNLOGGED", ..]:
                CreateTable(words, tally);
                break;
            case [_, "OR", "REPLACE", "VIEW", ..]:
                tally.Lock(SqlWords.NameAt(words, 4).Name, LockLevel.AccessExclusive);
                Sources(words, tally);
                break;
            case [_, "VIEW" or "MATERIALIZED", ..]:
                Sources(words, tally);
                break;
            default:
                break;
        }
    }

    private static void CreateTable(ImmutableArray<string> words, EffectTally tally)
    {
        if (SqlWords.Find(words, "PARTITION", "OF") is >= 0 and var parent)
        {
            tally.Lock(SqlWords.NameAt(words, parent + 2).Name, LockLevel.AccessExclusive);
        }

        var (made, _) = SqlWords.NameAt(words, SqlWords.Find(words, "TABLE") + (SqlWords.Has(words, "IF", "NOT", "EXISTS") ? 4 : 1));
        tally.Creates = made;
        for (var i = 0; i + 1 < words.Length; i++)
        {
            if (words[i] is "REFERENCES" && SqlWords.NameAt(words, i + 1).Name is var referenced && referenced != made)
            {
                tally.Lock(referenced, LockLevel.ShareRowExclusive);
            }
            else if (words[i] is "LIKE" && words[i - 1] is "(" or ",")
            {
                tally.Lock(SqlWords.NameAt(words, i + 1).Name, LockLevel.AccessShare);
            }
        }

        Sources(words, tally);
    }

    private static void Drop(ImmutableArray<string> words, EffectTally tally)
    {
        var from = words is [_, "MATERIALIZED" or "FOREIGN", ..] ? 3 : 2;
        var concurrently = from < words.Length && words[from] is "CONCURRENTLY";
        from += concurrently ? 1 : 0;
        from += from + 1 < words.Length && words[from] is "IF" && words[from + 1] is "EXISTS" ? 2 : 0;
        switch (words)
        {
            case [_, "TRIGGER" or "POLICY" or "RULE", ..]:
                tally.Lock(After(words, "ON"), LockLevel.AccessExclusive);
                return;
            case [_, "INDEX" or "TABLE" or "VIEW" or "MATERIALIZED" or "FOREIGN", ..] when from < words.Length:
                break;
            default:
                return;
        }

        foreach (var part in SqlWords.Split(words[from..]))
        {
            var (name, _) = SqlWords.NameAt(part, 0);
            if (words[1] is not "INDEX")
            {
                DropRelation(name, words[^1] is "CASCADE", tally);
            }
            else if (tally.TableOfIndex(name) is { } table)
            {
                tally.Lock(table, concurrently ? LockLevel.ShareUpdateExclusive : LockLevel.AccessExclusive);
            }
            else
            {
                tally.Note = $"the table of index {name} is not known; it is locked {(concurrently ? "softly" : "against everyone")}";
            }
        }
    }

    // The triggers of a foreign key live on both of its tables.
    private static void DropRelation(string name, bool cascade, EffectTally tally)
    {
        tally.Lock(name, LockLevel.AccessExclusive);
        foreach (var key in tally.Table(name)?.ForeignKeys.Items ?? [])
        {
            tally.Lock(key.ReferencedTable.Name, LockLevel.AccessExclusive);
        }

        foreach (var child in cascade ? tally.Referencing(name) : [])
        {
            tally.Lock(child, LockLevel.AccessExclusive);
        }
    }

    private static string After(ImmutableArray<string> words, string keyword) =>
        SqlWords.Find(words, keyword) is >= 0 and var at ? SqlWords.NameAt(words, at + 1).Name : "";
}
