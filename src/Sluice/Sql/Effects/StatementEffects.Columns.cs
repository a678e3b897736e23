using System.Collections.Immutable;
using System.Globalization;
using Sluice.Catalog;
using Sluice.Plan;

namespace Sluice.Sql.Effects;

public static partial class StatementEffects
{
    // The same for every row: the value is kept beside the table, and no row is touched.
    private static readonly HashSet<string> Steady = new(StringComparer.Ordinal)
    {
        "NOW", "TRANSACTION_TIMESTAMP", "STATEMENT_TIMESTAMP", "TIMEZONE", "DATE_TRUNC", "TO_TIMESTAMP", "MAKE_DATE", "MAKE_INTERVAL",
        "CURRENT_SETTING", "CURRENT_SCHEMA", "LOWER", "UPPER", "CONCAT", "COALESCE", "NULLIF", "ARRAY", "JSONB_BUILD_OBJECT", "JSON_BUILD_OBJECT",
        "TO_JSONB", "MD5", "ABS", "ROUND", "LENGTH", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "CURRENT_TIME", "LOCALTIME",
    };

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["INT"] = "INTEGER", ["INT4"] = "INTEGER", ["INT8"] = "BIGINT", ["INT2"] = "SMALLINT", ["BOOL"] = "BOOLEAN", ["DECIMAL"] = "NUMERIC",
        ["CHARACTER VARYING"] = "VARCHAR", ["CHARACTER"] = "CHAR", ["BPCHAR"] = "CHAR", ["FLOAT8"] = "DOUBLE PRECISION", ["FLOAT4"] = "REAL",
        ["TIMESTAMP WITH TIME ZONE"] = "TIMESTAMPTZ", ["TIMESTAMP WITHOUT TIME ZONE"] = "TIMESTAMP", ["DOUBLEPRECISION"] = "DOUBLE PRECISION",
    };

    private static void AddColumn(string table, ImmutableArray<string> words, EffectTally tally)
    {
        var (_, end) = SqlWords.NameAt(words, words is ["IF", "NOT", "EXISTS", ..] ? 3 : 0);
        var definition = words[end..];
        tally.Lock(table, LockLevel.AccessExclusive);
        var counts = definition is [("SERIAL" or "BIGSERIAL" or "SMALLSERIAL" or "SERIAL4" or "SERIAL8" or "SERIAL2"), ..] || SqlWords.Has(definition, "AS", "IDENTITY");
        if (counts || SqlWords.Has(definition, "STORED") || (SqlWords.Find(definition, "DEFAULT") is >= 0 and var at && IsVolatile(definition[(at + 1)..])))
        {
            tally.Rewrite(table);
        }

        if (SqlWords.Has(definition, "CHECK") || SqlWords.Has(definition, "UNIQUE") || SqlWords.Has(definition, "PRIMARY", "KEY"))
        {
            tally.Scan(table, LockLevel.AccessExclusive);
        }

        if (SqlWords.Find(definition, "REFERENCES") is >= 0 and var reference)
        {
            tally.Lock(SqlWords.NameAt(definition, reference + 1).Name, LockLevel.ShareRowExclusive);
        }
    }

    private static bool IsVolatile(ImmutableArray<string> expression)
    {
        for (var i = 1; i < expression.Length; i++)
        {
            if (expression[i - 1] is "CHECK" or "REFERENCES")
            {
                return false;
            }

            // A type with a length looks like a call; a cast stands before it.
            if (expression[i] is "(" && IsName(expression[i - 1]) && !Steady.Contains(expression[i - 1]) && (i < 2 || expression[i - 2] is not ":"))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsName(string word) => word.Length > 0 && (char.IsLetter(word[0]) || word[0] is '_' or '"');

    private static void Retype(string table, Column? known, ImmutableArray<string> words, EffectTally tally)
    {
        var end = words.Length;
        foreach (var keyword in new[] { "COLLATE", "USING" })
        {
            end = SqlWords.Find(words, keyword) is >= 0 and var at && at < end ? at : end;
        }

        var next = DataType.Read(words[..end]);
        var now = known is null ? null : DataType.Read(SqlWords.Of(SqlTypes.OfExisting(known, new SqlNames(Naming.Plain))));
        if (now is not null && !SqlWords.Has(words, "USING") && KeepsRows(now, next))
        {
            tally.Lock(table, LockLevel.AccessExclusive);
            tally.Note = now.Name != next.Name && now.Name.StartsWith("TIMESTAMP", StringComparison.Ordinal)
                ? "nothing is rewritten only where TimeZone is UTC"
                : tally.Note;
            return;
        }

        tally.Rewrite(table);
        tally.Note = now is null ? "the column's type is not known; the worse is assumed" : tally.Note;
    }

    private static bool KeepsRows(DataType from, DataType to) => (from.Name, to.Name) switch
    {
        ("VARCHAR", "VARCHAR") => to.First is null || to.First >= from.First,
        ("VARCHAR", "TEXT") => true,
        ("TEXT", "VARCHAR") => to.First is null,
        ("NUMERIC", "NUMERIC") => to.First is null || (to.First >= from.First && to.Second == from.Second),
        ("TIMESTAMP", "TIMESTAMPTZ") or ("TIMESTAMPTZ", "TIMESTAMP") => (to.First ?? 6) >= (from.First ?? 6),
        ("TIMESTAMP", "TIMESTAMP") or ("TIMESTAMPTZ", "TIMESTAMPTZ") or ("TIME", "TIME") or ("TIMETZ", "TIMETZ") => (to.First ?? 6) >= (from.First ?? 6),
        ("VARBIT", "VARBIT") => to.First is null || to.First >= from.First,
        ("CIDR", "INET") => true,
        var (a, b) => a == b && from == to,
    };

    private sealed record DataType(string Name, int? First, int? Second)
    {
        public static DataType Read(ImmutableArray<string> words)
        {
            var open = words.IndexOf("(");
            var close = words.IndexOf(")");
            var bare = string.Join(' ', open < 0 || close < open ? words : words[..open].AddRange(words[(close + 1)..]));
            var numbers = open < 0 || close < open
                ? []
                : words[(open + 1)..close].Where(w => w is not ",").Select(w => int.TryParse(w, CultureInfo.InvariantCulture, out var n) ? n : (int?)null).ToArray();
            var name = Aliases.GetValueOrDefault(bare, bare);
            return new DataType(name, numbers.Length > 0 ? numbers[0] : null, numbers.Length > 1 ? numbers[1] : name is "NUMERIC" && numbers.Length > 0 ? 0 : null);
        }
    }
}
