using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Lint.Statements;

internal static partial class StatementReader
{
    private static readonly string[] ColumnWords =
    [
        "CONSTRAINT", "NOT", "NULL", "DEFAULT", "GENERATED", "CHECK", "UNIQUE", "PRIMARY", "REFERENCES", "COLLATE", "STORAGE", "COMPRESSION", "DEFERRABLE", "INITIALLY", "USING",
    ];

    private static Statement.CreateTable CreateTable(SqlCursor sql)
    {
        var ifNotExists = sql.Take("IF", "NOT", "EXISTS");
        var table = new Statement.CreateTable(sql.Name()) { IfNotExists = ifNotExists };
        if (sql.Take("PARTITION", "OF"))
        {
            table = table with { PartitionOf = sql.Name() };
            sql.SkipParentheses();
        }
        else if (sql.Take("OF"))
        {
            sql.Name();
            sql.SkipParentheses();
        }
        else if (sql.IsOpen)
        {
            table = Elements(sql, table);
        }

        while (!sql.Ended && !sql.Failed)
        {
            if (sql.Take("INHERITS"))
            {
                table = table with { Inherits = [.. sql.Columns().Select(n => new ObjectName("", n))] };
            }
            else if (sql.Take("PARTITION", "BY"))
            {
                table = table with { Partitioned = true };
                sql.Advance();
                sql.SkipParentheses();
            }
            else if (sql.Take("FOR", "VALUES"))
            {
                sql.SkipUntil("PARTITION", "USING", "WITH", "TABLESPACE");
                if (sql.Take("WITH"))
                {
                    sql.SkipParentheses();
                }
            }
            else if (sql.Take("AS"))
            {
                var sources = sql.Sources();
                table = table with { Filled = !sql.Contains("WITH", "NO", "DATA"), Sources = sources };
                sql.SkipRest();
            }
            else if (sql.Take("WITH") || sql.Take("OPTIONS"))
            {
                sql.SkipParentheses();
            }
            else if (table.PartitionOf is not null && sql.Take("DEFAULT"))
            {
                table = table with { IsDefault = true };
            }
            else if (sql.Take("WITHOUT", "OIDS") || sql.Take("ON", "COMMIT", "DROP") || sql.Take("ON", "COMMIT", "PRESERVE", "ROWS") || sql.Take("ON", "COMMIT", "DELETE", "ROWS"))
            {
                // Says nothing that a rule asks about.
            }
            else if (sql.Take("TABLESPACE") || sql.Take("USING") || sql.Take("SERVER"))
            {
                sql.Identifier();
            }
            else
            {
                sql.Fail();
            }
        }

        return table;
    }

    private static Statement.CreateTable Elements(SqlCursor sql, Statement.CreateTable table)
    {
        var columns = ImmutableArray.CreateBuilder<ColumnDefinition>();
        var constraints = ImmutableArray.CreateBuilder<ConstraintDefinition>();
        var like = ImmutableArray.CreateBuilder<ObjectName>();
        sql.TakeOpen();
        while (!sql.IsClose && !sql.Failed)
        {
            if (sql.Take("LIKE"))
            {
                like.Add(sql.Name());
                sql.SkipItem();
            }
            else if (IsConstraint(sql))
            {
                constraints.Add(Constraint(sql));
            }
            else
            {
                columns.Add(Column(sql));
            }

            if (!sql.TakeSymbol(','))
            {
                break;
            }
        }

        sql.Close();
        return table with { Columns = columns.ToImmutable(), Constraints = constraints.ToImmutable(), Like = like.ToImmutable() };
    }

    private static bool IsConstraint(SqlCursor sql) =>
        sql.Peek is "CONSTRAINT" or "CHECK" or "UNIQUE" or "EXCLUDE" || sql.Is("PRIMARY", "KEY") || sql.Is("FOREIGN", "KEY") || sql.Is("NOT", "NULL");

    private static ConstraintDefinition Constraint(SqlCursor sql)
    {
        var name = sql.Take("CONSTRAINT") ? sql.Identifier() : null;
        ConstraintDefinition constraint;
        if (sql.Take("CHECK"))
        {
            constraint = new(ConstraintKind.Check, name) { Check = sql.Parenthesized() };
        }
        else if (sql.Take("NOT", "NULL"))
        {
            constraint = new(ConstraintKind.NotNull, name) { Columns = [sql.Identifier()] };
        }
        else if (sql.Is("UNIQUE") || sql.Is("PRIMARY", "KEY"))
        {
            var kind = sql.Is("UNIQUE") ? ConstraintKind.Unique : ConstraintKind.PrimaryKey;
            sql.Advance();
            sql.Take("KEY");
            _ = sql.Take("NULLS", "NOT", "DISTINCT") || sql.Take("NULLS", "DISTINCT");

            constraint = sql.Take("USING", "INDEX")
                ? new(kind, name) { UsingIndex = sql.Identifier() }
                : new(kind, name) { Columns = sql.Columns() };
        }
        else if (sql.Take("EXCLUDE"))
        {
            sql.Take("USING");
            if (sql.IsName)
            {
                sql.Identifier();
            }

            sql.SkipParentheses();
            constraint = new(ConstraintKind.Exclude, name);
        }
        else
        {
            sql.Require("FOREIGN", "KEY");
            var columns = sql.Columns();
            sql.Require("REFERENCES");
            constraint = References(sql, name) with { Columns = columns };
        }

        return Tail(sql, constraint);
    }

    private static ConstraintDefinition References(SqlCursor sql, string? name)
    {
        var constraint = new ConstraintDefinition(ConstraintKind.ForeignKey, name) { References = sql.Name(), ReferencedColumns = sql.Columns() };
        while (sql.Is("ON") || sql.Is("MATCH"))
        {
            if (sql.Take("MATCH"))
            {
                sql.Advance();
                continue;
            }

            var delete = sql.Take("ON", "DELETE");
            if (!delete)
            {
                sql.Require("ON", "UPDATE");
            }

            if (sql.Take("CASCADE"))
            {
                constraint = constraint with { Cascades = constraint.Cascades || delete };
            }
            else if (sql.Take("NO", "ACTION") || sql.Take("RESTRICT"))
            {
                // Says nothing that a rule asks about.
            }
            else
            {
                sql.Require("SET");
                sql.Advance();
                sql.SkipParentheses();
            }
        }

        return constraint;
    }

    private static ConstraintDefinition Tail(SqlCursor sql, ConstraintDefinition constraint)
    {
        while (!sql.Ended && !sql.Failed)
        {
            if (sql.Take("NOT", "VALID"))
            {
                constraint = constraint with { NotValid = true };
            }
            else if (sql.Take("NOT", "ENFORCED"))
            {
                constraint = constraint with { NotValid = true };
            }
            else if (sql.Take("USING", "INDEX", "TABLESPACE"))
            {
                sql.Identifier();
            }
            else if (sql.Take("WITH") || sql.Take("INCLUDE") || sql.Take("WHERE"))
            {
                sql.SkipParentheses();
            }
            else if (sql.Take("DEFERRABLE") || sql.Take("NOT", "DEFERRABLE") || sql.Take("INITIALLY", "DEFERRED") || sql.Take("INITIALLY", "IMMEDIATE") || sql.Take("NO", "INHERIT") || sql.Take("ENFORCED"))
            {
                // Says nothing that a rule asks about.
            }
            else
            {
                break;
            }
        }

        return constraint;
    }

    private static ColumnDefinition Column(SqlCursor sql)
    {
        var column = new ColumnDefinition(sql.Identifier(), Type(sql));
        var constraints = ImmutableArray.CreateBuilder<ConstraintDefinition>();
        while (!sql.Ended && !sql.Failed && !sql.IsSymbol(',') && !sql.IsClose)
        {
            var name = sql.Take("CONSTRAINT") ? sql.Identifier() : null;
            if (sql.Take("NOT", "NULL"))
            {
                column = column with { NotNull = true };
                sql.Take("NO", "INHERIT");
            }
            else if (sql.Take("NULL"))
            {
                // Says nothing that a rule asks about.
            }
            else if (sql.Take("DEFAULT"))
            {
                column = column with { Default = sql.Until(ColumnWords) };
            }
            else if (sql.Take("COLLATE"))
            {
                column = column with { Collation = sql.Name().Name };
            }
            else if (sql.Take("GENERATED"))
            {
                column = Generated(sql, column);
            }
            else if (sql.Take("CHECK"))
            {
                constraints.Add(Tail(sql, new(ConstraintKind.Check, name) { Check = sql.Parenthesized(), Columns = [column.Name] }));
            }
            else if (sql.Take("UNIQUE"))
            {
                _ = sql.Take("NULLS", "NOT", "DISTINCT") || sql.Take("NULLS", "DISTINCT");

                constraints.Add(Tail(sql, new(ConstraintKind.Unique, name) { Columns = [column.Name] }));
            }
            else if (sql.Take("PRIMARY", "KEY"))
            {
                column = column with { NotNull = true };
                constraints.Add(Tail(sql, new(ConstraintKind.PrimaryKey, name) { Columns = [column.Name] }));
            }
            else if (sql.Take("REFERENCES"))
            {
                constraints.Add(Tail(sql, References(sql, name) with { Columns = [column.Name] }));
            }
            else if (sql.Take("STORAGE") || sql.Take("COMPRESSION"))
            {
                sql.Advance();
            }
            else if (sql.Take("OPTIONS"))
            {
                sql.SkipParentheses();
            }
            else
            {
                sql.Fail();
            }
        }

        return column with { Constraints = constraints.ToImmutable() };
    }

    // GENERATED ALWAYS AS IDENTITY (…), BY DEFAULT AS IDENTITY, ALWAYS AS (…) STORED; VIRTUAL is 18's default.
    private static ColumnDefinition Generated(SqlCursor sql, ColumnDefinition column)
    {
        if (!sql.Take("ALWAYS"))
        {
            sql.Require("BY", "DEFAULT");
        }

        sql.Require("AS");
        if (sql.Take("IDENTITY"))
        {
            sql.SkipParentheses();
            return column with { Identity = true, NotNull = true };
        }

        var expression = sql.Parenthesized();
        var stored = sql.Take("STORED");
        sql.Take("VIRTUAL");
        return column with { Generated = expression, Stored = stored };
    }

    private static SqlType Type(SqlCursor sql)
    {
        sql.Take("SETOF");
        var name = sql.Name();
        var spelled = name.Schema is "" or "pg_catalog" ? name.Name : $"{name.Schema}.{name.Name}";
        spelled += spelled switch
        {
            "double" when sql.Take("PRECISION") => " precision",
            "character" or "bit" or "char" or "nchar" when sql.Take("VARYING") => " varying",
            "national" when sql.Take("CHARACTER") || sql.Take("CHAR") => sql.Take("VARYING") ? " varying" : " character",
            _ => "",
        };
        if (spelled is "interval")
        {
            while (sql.Peek is "YEAR" or "MONTH" or "DAY" or "HOUR" or "MINUTE" or "SECOND" or "TO")
            {
                sql.Advance();
            }
        }

        int? first = null, second = null;
        if (sql.IsOpen)
        {
            var length = sql.Parenthesized().Canonical.Split(" , ");
            first = int.TryParse(length[0], out var a) ? a : null;
            second = length.Length > 1 && int.TryParse(length[1].Replace(" ", "", StringComparison.Ordinal), out var b) ? b : null;
        }

        if (spelled is "time" or "timestamp")
        {
            spelled += sql.Take("WITH", "TIME", "ZONE") ? "tz" : "";
            sql.Take("WITHOUT", "TIME", "ZONE");
        }

        var array = sql.Take("ARRAY");
        while (sql.TakeSymbol('['))
        {
            sql.Number();
            if (!sql.TakeSymbol(']'))
            {
                sql.Fail();
            }

            array = true;
        }

        return SqlTypes.Canonical(spelled, first, second, array);
    }
}
