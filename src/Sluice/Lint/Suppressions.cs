using System.Globalization;
using System.Text.RegularExpressions;
using Sluice.Lint.Rules;
using Sluice.Sql.Lexing;
using Sluice.Text;

namespace Sluice.Lint;

/// <summary>
/// `-- sluice: allow I01 because the table is empty until launch until 2027-01-31`, in a comment before or inside a statement.
/// It allows that statement alone; at the head of the script, with an empty line below it, all of them.
/// </summary>
internal sealed partial class Suppressions
{
    private const int LongestComment = 2000;

    private readonly Dictionary<(string Rule, TextSpan? Statement), Allowed> all = [];
    private readonly List<(Rule Rule, TextSpan Span, string Message)> faults = [];

    public Suppressions(SourceText script, DateOnly today)
    {
        if (!script.Text.Contains("sluice:", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var statements = StatementSplitter.Split(script.Text);
        var lexer = new SqlLexer(script.Text);
        var (next, lineEnd) = (0, -1);
        var lastEmptyLine = statements.Length > 0 && EmptyLine().Match(script.Text, 0, statements[0].Span.Start) is { Success: true } empty ? empty.Index : -1;
        for (var token = lexer.Next(); token.Kind is not SqlTokenKind.End; token = lexer.Next())
        {
            if (token.Kind is SqlTokenKind.Comment && token.End - token.Start <= LongestComment && Marker().Match(script.Text[token.Start..token.End]) is { Success: true } marker)
            {
                // A comment on the line of the statement's end is about that one: `DROP TABLE t; -- sluice: allow …`.
                for (; next < statements.Length; next++)
                {
                    lineEnd = statements[next].Span.End > lineEnd ? LineEnd(script.Text, statements[next].Span.End) : lineEnd;
                    if (lineEnd >= token.Start)
                    {
                        break;
                    }
                }

                // Behind the last statement it is about itself, where no rule finds anything.
                var span = new TextSpan(token.Start, token.End - token.Start);
                var isHead = next == 0 && token.End <= lastEmptyLine;
                Take(marker.Groups[1].Value.Trim(), span, isHead ? null : next < statements.Length ? statements[next].Span : span, today);
            }
        }
    }

    public bool Allows(string rule, TextSpan statement)
    {
        var allowed = all.GetValueOrDefault((rule, statement)) ?? all.GetValueOrDefault((rule, null));
        if (allowed is not null)
        {
            allowed.Used = true;
        }

        return allowed is not null;
    }

    /// <summary>Those that allow nothing, or cannot be understood. Whether one of what is measured is needed, only a trace can tell.</summary>
    public IEnumerable<(Rule Rule, TextSpan Span, string Message)> Faults() =>
    [
        .. faults,
        .. all.Values.Where(a => !a.Used && a.Rule[0] is not 'M').Select(a => (SuppressionRules.Unused, a.Span, $"`allow {a.Rule}` allows nothing: {a.Rule} finds no fault here.")),
    ];

    private static int LineEnd(string text, int from) => text.AsSpan(from).IndexOfAny('\n', '\r') is >= 0 and var end ? from + end : text.Length;

    private void Take(string text, TextSpan span, TextSpan? statement, DateOnly today)
    {
        if (Form().Match(text) is not { Success: true } form)
        {
            faults.Add((SuppressionRules.Malformed, span, $"`sluice: {text}` is not understood, and allows nothing."));
            return;
        }

        foreach (var rule in form.Groups["rules"].Value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (RuleBook.Find(rule) is null)
            {
                faults.Add((SuppressionRules.Malformed, span, $"There is no rule {rule}."));
            }
            else if (form.Groups["until"].Value is { Length: > 0 } until
                && (!DateOnly.TryParseExact(until, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var end) || end < today))
            {
                faults.Add((SuppressionRules.Expired, span, $"`allow {rule}` ended on {until}, and allows nothing any more."));
            }
            else
            {
                all[(rule, statement)] = new Allowed(rule, span);
            }
        }
    }

    [GeneratedRegex(@"^(?:--|/\*)\s*sluice:\s*(allow\b.*?)(?:\*/)?\s*$", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Marker();

    [GeneratedRegex(@"^allow\s+(?<rules>[A-Z]\d\d(?:\s*,\s*[A-Z]\d\d)*)\s+because\s+(?<reason>\S.*?)(?:\s+until\s+(?<until>\d{4}-\d\d-\d\d))?$", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Form();

    // The last one.
    [GeneratedRegex(@"\n[ \t\r]*\n", RegexOptions.CultureInvariant | RegexOptions.RightToLeft)]
    private static partial Regex EmptyLine();

    private sealed record Allowed(string Rule, TextSpan Span)
    {
        public bool Used { get; set; }
    }
}
