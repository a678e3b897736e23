using Sluice.Lint.Known;
using Sluice.Lint.Statements;

namespace Sluice.Lint.Predicting;

/// <summary>What ALTER COLUMN TYPE does to the rows.</summary>
/// <param name="Rewrites">Every row is written anew.</param>
/// <param name="ChangesOrder">The rows stay, and indexes on the column do not: another operator class or collation.</param>
/// <param name="Unclear">What could not be told, with the worse assumed.</param>
internal sealed record TypeChange(bool Rewrites, bool ChangesOrder, string? Unclear)
{
    private const string OutsideUtc = "nothing is rewritten only where the session's TimeZone is UTC";

    private static readonly TypeChange Keeps = new(false, false, null);

    public static TypeChange Of(SqlType? from, AlterAction.SetType change, KnownSchema known)
    {
        var to = change.Type;
        if (change.Using is { } expression && !IsPlainCast(expression.Canonical, change))
        {
            return new TypeChange(true, true, null);
        }

        if (from is null)
        {
            return new TypeChange(true, true, $"the type that {change.Column} has is not known; the worse is assumed");
        }

        if (known.Domain(from.Name) is { } domain)
        {
            from = domain.Base;
        }

        if (known.Domain(to.Name) is { } target)
        {
            if (target.Constrained)
            {
                return new TypeChange(true, true, null);
            }

            to = target.Base;
        }

        if (from.IsArray || to.IsArray)
        {
            return from == to ? Keeps : new TypeChange(true, true, null);
        }

        var (keeps, order) = Compare(from, to);
        if (keeps && (from.Name, to.Name) is ("timestamp", "timestamptz") or ("timestamptz", "timestamp"))
        {
            return known.IsUtc is true ? new TypeChange(false, true, null) : new TypeChange(true, true, OutsideUtc);
        }

        return keeps ? new TypeChange(false, order || change.Collation is not null, null) : new TypeChange(true, true, null);
    }

    private static bool IsPlainCast(string expression, AlterAction.SetType change)
    {
        var cast = expression.Replace("( ", "", StringComparison.Ordinal).Replace(" )", "", StringComparison.Ordinal);
        return cast == change.Column || (cast.StartsWith($"{change.Column} : : ", StringComparison.Ordinal) && cast.Count(c => c is ':') == 2);
    }

    /// <returns>Whether the rows stay as they are, and whether their order in an index may change.</returns>
    private static (bool Keeps, bool Order) Compare(SqlType from, SqlType to) => (from.Name, to.Name) switch
    {
        ("character varying", "character varying") or ("bit varying", "bit varying") => (to.First is null || to.First >= from.First, false),
        ("character varying" or "citext" or "xml" or "name", "text") when from.Name is not "name" => (true, from.Name is not "character varying"),
        ("text", "character varying") => (to.First is null, false),
        ("text", "citext") => (true, true),
        ("character varying", "citext") => (true, true),
        ("numeric", "numeric") => (to.First is null || (from.First is not null && to.First >= from.First && to.Second == from.Second), false),
        ("timestamp", "timestamptz") or ("timestamptz", "timestamp") => ((to.First ?? 6) >= (from.First ?? 6), true),
        ("timestamp", "timestamp") or ("timestamptz", "timestamptz") or ("time", "time") or ("timetz", "timetz") or ("interval", "interval") => ((to.First ?? 6) >= (from.First ?? 6), false),
        ("cidr", "inet") => (true, false),
        ("integer", "oid") or ("oid", "integer") => (true, true),
        ("character", "character") => (to.First == from.First, false),
        var (a, b) => (a == b && from == to, false),
    };
}
