using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Sluice.Catalog;
using Sluice.Lint.Statements;
using Sluice.Sql.Lexing;
using Sluice.Text;

namespace Sluice.Lint;

/// <summary>A statement of a script that changes rows, or may: what no difference between two catalogs shows.</summary>
/// <param name="Table">Whose rows, where it changes nothing but columns that are named.</param>
/// <param name="Columns">These columns.</param>
/// <param name="IsQuery">It only asks, unless a function that it calls does more.</param>
public sealed partial record RowWrite(TextSpan Span, ObjectName? Table, EquatableArray<string> Columns, bool IsQuery)
{
    public static ImmutableArray<RowWrite> In(string script)
    {
        var found = ImmutableArray.CreateBuilder<RowWrite>();
        var filled = new Dictionary<string, Expression>(StringComparer.Ordinal);
        foreach (var statement in StatementSplitter.Split(script))
        {
            var text = statement.Text(script);
            var write = StatementReader.Read(text, statement.Transaction) switch
            {
                Statement.Write { Verb: "UPDATE", Inner.Items.IsEmpty: true, Assigned.Items.IsEmpty: false } update => new RowWrite(statement.Span, update.Table, update.Assigned, false),
                Statement.AlterRelation alter when !Restart().IsMatch(text) => (string[])[.. Converting(alter), .. Filling(alter, filled)] is { Length: > 0 } columns ? new RowWrite(statement.Span, alter.Name, [.. columns], false) : null,
                Statement.Query => new RowWrite(statement.Span, null, [], true),
                Statement.Write or Statement.AlterRelation or Statement.Block or Statement.Call or Statement.Truncate or Statement.Refresh or Statement.Unknown
                    or Statement.CreateTable { Filled: true } => new RowWrite(statement.Span, null, [], false),
                _ => null,
            };
            if (write is not null)
            {
                found.Add(write);
            }
        }

        return found.ToImmutable();
    }

    // USING that says more than the type does.
    private static string[] Converting(Statement.AlterRelation alter) =>
        [.. alter.Actions.Items.OfType<AlterAction.SetType>().Where(t => t.Using is { } made && !IsPlainCast(made.Text.Trim(), t.Column)).Select(t => t.Column)];

    // What rows got when the column came is no longer its default at the end: no catalog shows it.
    private static IEnumerable<string> Filling(Statement.AlterRelation alter, Dictionary<string, Expression> filled)
    {
        foreach (var action in alter.Actions.Items)
        {
            switch (action)
            {
                case AlterAction.AddColumn { Column: { Default: { IsNull: false } value } column }:
                    filled[column.Name] = value;
                    break;
                case AlterAction.DropDefault dropped when filled.Remove(dropped.Column):
                    yield return dropped.Column;
                    break;
                case AlterAction.SetDefault changed when filled.TryGetValue(changed.Column, out var first) && first.Canonical != changed.Value.Canonical:
                    yield return changed.Column;
                    break;
            }
        }
    }

    private static bool IsPlainCast(string expression, string column)
    {
        var (bare, type) = expression.Split("::", 2) is [var first, var second] ? (first.Trim(), second) : (expression, "");
        return (bare.Equals(column, StringComparison.OrdinalIgnoreCase) || bare == $"\"{column}\"") && TypeName().IsMatch(type);
    }

    // Where a sequence stands is in no catalog.
    [GeneratedRegex(@"\bRESTART\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Restart();

    [GeneratedRegex(@"^[\w\s."",()\[\]:]*$", RegexOptions.CultureInvariant)]
    private static partial Regex TypeName();
}
