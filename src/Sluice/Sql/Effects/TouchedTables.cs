using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Plan;
using Sluice.Sql.Lexing;
using Sluice.Text;

namespace Sluice.Sql.Effects;

/// <summary>The tables whose rows or columns scripts can change, read from their text.</summary>
/// <param name="Tables">As the statements name them: folded, with the schema where it is written.</param>
/// <param name="Written">Those of them whose rows are inserted, updated or deleted, so that triggers and cascades go further.</param>
/// <param name="Called">What stands before a parenthesis in such statements: functions, which may write elsewhere.</param>
/// <param name="Unclear">The statement that could touch anything; null when the lists are complete.</param>
public sealed record TouchedTables(EquatableArray<string> Tables, EquatableArray<string> Written, EquatableArray<string> Called, string? Unclear)
{
    private const int Shown = 60;

    /// <param name="known">The tables that are there.</param>
    public static TouchedTables Of(IEnumerable<string> scripts, Database known)
    {
        var tables = new SortedSet<string>(StringComparer.Ordinal);
        var written = new SortedSet<string>(StringComparer.Ordinal);
        var called = new SortedSet<string>(StringComparer.Ordinal);
        var (unclear, makesCode) = ((string?)null, false);
        foreach (var statement in scripts.SelectMany(s => StatementSplitter.Split(s).Select(part => part.Text(s))))
        {
            var words = SqlWords.Of(statement);
            var effect = StatementEffects.Of(statement, known);
            var reach = ReachOf(words);
            makesCode |= reach is Reach.Code;
            if (reach is Reach.Anything || (reach is not Reach.None && effect.Note is not null))
            {
                unclear ??= statement.ReplaceLineEndings(" ") is { Length: > Shown } text ? text[..Shown] + " …" : statement.ReplaceLineEndings(" ");
            }

            if (reach is Reach.Named or Reach.Rows)
            {
                tables.UnionWith(effect.Locks.Items.Where(l => l.Level >= LockLevel.RowExclusive).Select(l => l.Table));
            }

            if (reach is Reach.Rows)
            {
                written.UnionWith(effect.Locks.Items.Where(l => l.Level >= LockLevel.RowExclusive).Select(l => l.Table));
                called.UnionWith(Enumerable.Range(1, Math.Max(0, words.Length - 1)).Where(i => words[i] is "(").Select(i => words[i - 1].Trim('"').ToLowerInvariant()));
            }
        }

        // A trigger or function of these very scripts is in no catalog yet.
        unclear ??= makesCode && written.Count > 0 ? $"rows of {string.Join(", ", written)} change, and triggers or functions are new" : null;
        return new TouchedTables([.. tables], [.. written], [.. called], unclear);
    }

    private enum Reach
    {
        None,

        /// <summary>The tables that the statement locks.</summary>
        Named,

        /// <summary>The same, and whatever follows from changed rows.</summary>
        Rows,

        /// <summary>Nothing now, and anything once rows change.</summary>
        Code,
        Anything,
    }

    private static Reach ReachOf(ImmutableArray<string> words) => words switch
    {
        [] => Reach.None,
        ["INSERT" or "UPDATE" or "DELETE" or "TRUNCATE", ..] => Reach.Rows,
        ["ALTER", "TABLE", ..] or ["CLUSTER" or "LOCK", ..] => Reach.Named,
        ["CREATE", "FUNCTION" or "PROCEDURE" or "TRIGGER" or "RULE" or "CONSTRAINT" or "EVENT", ..] => Reach.Code,
        ["CREATE", "OR", "REPLACE", "FUNCTION" or "PROCEDURE" or "TRIGGER" or "RULE", ..] => Reach.Code,

        // What a query fills it with comes from functions too.
        ["CREATE", "TABLE" or "UNLOGGED" or "MATERIALIZED", ..] => SqlWords.Has(words, "SELECT") || SqlWords.Has(words, "EXECUTE") ? Reach.Anything : Reach.None,
        ["CREATE", "INDEX" or "UNIQUE" or "TYPE" or "DOMAIN" or "EXTENSION" or "SEQUENCE" or "VIEW" or "POLICY" or "ROLE" or "STATISTICS", ..] => Reach.None,
        ["CREATE", "SCHEMA", ..] => Reach.None,
        ["CREATE", "OR", "REPLACE", "VIEW", ..] => Reach.None,
        ["DROP", "TABLE", ..] => Reach.Named,
        ["DROP", "INDEX" or "VIEW" or "TRIGGER" or "POLICY" or "FUNCTION" or "PROCEDURE" or "RULE" or "STATISTICS", ..] => Reach.None,
        ["DROP", "TYPE" or "DOMAIN" or "SCHEMA" or "EXTENSION" or "SEQUENCE" or "MATERIALIZED", ..] => words[^1] is "CASCADE" ? Reach.Anything : Reach.None,
        ["ALTER", "TYPE", ..] => SqlWords.Has(words, "ATTRIBUTE") ? Reach.Anything : Reach.None,
        ["ALTER", "INDEX" or "VIEW" or "SEQUENCE" or "FUNCTION" or "PROCEDURE" or "POLICY" or "SCHEMA" or "ROLE" or "DEFAULT", ..] => Reach.None,
        ["COMMENT" or "GRANT" or "REVOKE" or "SET" or "RESET" or "SHOW" or "ANALYZE" or "VACUUM" or "REINDEX", ..] => Reach.None,
        ["BEGIN" or "START" or "COMMIT" or "END" or "ROLLBACK" or "SAVEPOINT" or "RELEASE", ..] => Reach.None,
        _ => Reach.Anything,
    };
}
