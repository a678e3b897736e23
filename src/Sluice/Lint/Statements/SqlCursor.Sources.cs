using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Sql.Lexing;

namespace Sluice.Lint.Statements;

internal sealed partial class SqlCursor
{
    /// <summary>What a query reads: the names behind FROM, JOIN and USING that are no calls and no names of its own WITH.</summary>
    public ImmutableArray<ObjectName> Sources()
    {
        var (sources, own, kept, failed) = (new List<ObjectName>(), new HashSet<string>(StringComparer.Ordinal), at, Failed);
        for (var i = 0; i + 2 < tokens.Count; i++)
        {
            if (IsAt(i + 1, "AS") && (Kind(i + 2) is SqlTokenKind.OpenParenthesis || IsAt(i + 2, "MATERIALIZED") || IsAt(i + 2, "NOT", "MATERIALIZED")) && Kind(i) is SqlTokenKind.Word or SqlTokenKind.QuotedName)
            {
                own.Add(Folded(i));
            }
        }

        // `EXTRACT(year FROM x)`, `IS DISTINCT FROM y`: what follows is no table.
        var calls = new Stack<bool>();
        for (var i = 0; i < tokens.Count; i++)
        {
            switch (Kind(i))
            {
                case SqlTokenKind.OpenParenthesis:
                    calls.Push(i > 0 && Kind(i - 1) is SqlTokenKind.Word && (IsAt(i - 1, "EXTRACT") || IsAt(i - 1, "SUBSTRING") || IsAt(i - 1, "TRIM") || IsAt(i - 1, "OVERLAY") || IsAt(i - 1, "POSITION")));
                    break;
                case SqlTokenKind.CloseParenthesis when calls.Count > 0:
                    calls.Pop();
                    break;
                case SqlTokenKind.Word when (IsAt(i, "FROM") && !(i > 0 && IsAt(i - 1, "DISTINCT") && IsDistinctFrom(i)) && !(calls.Count > 0 && calls.Peek())) || IsAt(i, "JOIN"):
                    Source(i + 1);
                    i = Math.Max(i, at - 1);
                    break;
            }
        }

        (at, Failed) = (kept, failed);
        return [.. sources.Where(s => s.Schema.Length > 0 || !own.Contains(s.Name)).Distinct()];

        void Source(int from)
        {
            at = from;
            do
            {
                Take("ONLY");
                Take("LATERAL");
                if (!IsName || Is("SELECT") || Is("ROWS"))
                {
                    return;
                }

                var name = Name();
                if (!IsOpen)
                {
                    sources.Add(name);
                }
                else
                {
                    return;
                }

                Take("AS");
                if (IsName && !Is("JOIN") && !Is("WHERE") && !Is("ON") && !Is("LEFT") && !Is("INNER") && !Is("CROSS") && !Is("RIGHT") && !Is("FULL") && !Is("NATURAL") && !Is("GROUP") && !Is("ORDER") && !Is("LIMIT"))
                {
                    Identifier();
                }
            }
            while (TakeSymbol(','));
        }
    }

    private bool IsDistinctFrom(int from) => from >= 2 && (IsAt(from - 2, "IS") || IsAt(from - 2, "NOT"));
}
