using System.Collections.Immutable;
using Sluice.Lint.Known;
using Sluice.Lint.Statements;
using Sluice.Plan;
using Sluice.Sql.Lexing;
using Sluice.Text;

namespace Sluice.Lint.Predicting;

/// <summary>The tables whose rows or columns scripts can change, read from their text.</summary>
/// <param name="Tables">By the names that predictions have.</param>
/// <param name="Written">Those of them whose rows are inserted, updated or deleted, so that triggers and cascades go further.</param>
/// <param name="Called">What stands before a parenthesis in such statements: functions, which may write elsewhere.</param>
/// <param name="Unclear">The statement that could touch anything; null when the lists are complete.</param>
public sealed record TouchedTables(EquatableArray<string> Tables, EquatableArray<string> Written, EquatableArray<string> Called, string? Unclear)
{
    private const int Shown = 60;

    /// <param name="schema">The statements that would make what is there.</param>
    public static TouchedTables Of(IEnumerable<string> scripts, string schema)
    {
        var tables = new SortedSet<string>(StringComparer.Ordinal);
        var written = new SortedSet<string>(StringComparer.Ordinal);
        var called = new SortedSet<string>(StringComparer.Ordinal);
        var (unclear, makesCode) = ((string?)null, false);
        var known = KnownSchema.After([schema]);
        foreach (var (statement, text) in scripts.SelectMany(s => StatementSplitter.Split(s).Select(part => (part, part.Text(s)))))
        {
            var read = StatementReader.Read(text, statement.Transaction, known.IsTemporary);
            var told = Predictor.Predict(read, known);
            known.Apply(read);
            var reach = ReachOf(read, statement, text);
            makesCode |= reach is Reach.Code;
            if (reach is Reach.Anything || (reach is not Reach.None && told.Unclear is not null))
            {
                unclear ??= text.ReplaceLineEndings(" ") is { Length: > Shown } line ? line[..Shown] + " …" : text.ReplaceLineEndings(" ");
            }

            var changed = told.Locks.Items.Where(l => l.Level >= LockLevel.RowExclusive).Select(l => l.Table).ToList();
            if (reach is Reach.Named or Reach.Rows)
            {
                tables.UnionWith(changed);
            }

            if (reach is Reach.Rows)
            {
                written.UnionWith(changed);
                called.UnionWith(BeforeParentheses(text));
            }
        }

        // A trigger or function of these very scripts is in no catalog yet.
        unclear ??= makesCode && written.Count > 0 ? $"rows of {string.Join(", ", written)} change, and triggers or functions are new" : null;
        return new TouchedTables([.. tables], [.. written], [.. called], unclear);
    }

    private static List<string> BeforeParentheses(string text)
    {
        var (words, before) = (new List<string>(), "");
        var lexer = new SqlLexer(text);
        for (var token = lexer.Next(); token.Kind is not SqlTokenKind.End; token = lexer.Next())
        {
            var word = text[token.Start..token.End];
            if (word is "(" && before.Length > 0)
            {
                words.Add(before);
            }

            before = word.Trim('"').ToLowerInvariant();
        }

        return words;
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

    private static Reach ReachOf(Statement read, SqlStatement statement, string text) => read switch
    {
        // WITH, EXPLAIN and PREPARE carry more than one thing.
        Statement.Write { Verb: "INSERT" or "UPDATE" or "DELETE" } when statement.Keywords.Items is ["INSERT" or "UPDATE" or "DELETE", ..] => Reach.Rows,
        Statement.Truncate => Reach.Rows,
        Statement.AlterRelation { Kind: RelationKind.Table or RelationKind.ForeignTable } or Statement.Cluster or Statement.LockTable or Statement.Drop { Kind: "TABLE" } => Reach.Named,
        Statement.CreateFunction or Statement.CreateTrigger or Statement.CreateRule => Reach.Code,
        Statement.CreateOther { Kind: "EVENT" } => Reach.Code,

        // What a query fills it with comes from functions too.
        Statement.CreateTable { Filled: true } or Statement.CreateView { Materialized: true } => Reach.Anything,
        Statement.CreateTable or Statement.CreateView or Statement.CreateIndex or Statement.CreateType or Statement.CreateDomain or Statement.CreatePolicy or Statement.CreateStatistics => Reach.None,
        Statement.CreateOther { Kind: "EXTENSION" or "SEQUENCE" or "ROLE" or "SCHEMA" } => Reach.None,
        Statement.Drop { Kind: "INDEX" or "VIEW" or "TRIGGER" or "POLICY" or "RULE" or "STATISTICS" } => Reach.None,
        Statement.Drop { Kind: "FUNCTION" or "PROCEDURE" or "TYPE" or "DOMAIN" or "SCHEMA" or "EXTENSION" or "SEQUENCE" or "MATERIALIZED VIEW", Cascade: false } => Reach.None,
        Statement.AddEnumValue or Statement.RenameEnumValue or Statement.AlterRelation => Reach.None,

        // An attribute of a type is a column of tables that are made of it.
        Statement.AlterOther { Kind: "TYPE" } => text.Contains("ATTRIBUTE", StringComparison.OrdinalIgnoreCase) ? Reach.Anything : Reach.None,
        Statement.AlterOther { Kind: "FUNCTION" or "PROCEDURE" or "POLICY" or "SCHEMA" or "ROLE" or "DEFAULT" } => Reach.None,
        Statement.Comment or Statement.Grant or Statement.Setting or Statement.Transaction or Statement.Analyze or Statement.Vacuum or Statement.Reindex => Reach.None,
        Statement.Other { Verb: "SAVEPOINT" or "RELEASE" or "ROLLBACK" or "SHOW" } => Reach.None,
        _ => Reach.Anything,
    };
}
