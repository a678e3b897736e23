using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Backfilling;
using Sluice.Postgres.Connecting;
using Sluice.Sql.Lexing;

namespace Sluice.Postgres.Online;

/// <summary>`table.column = expression`.</summary>
internal sealed record GivenExpression(string Option, string Table, string Column, string Text);

/// <summary>What a person says of values that no cast tells.</summary>
internal static class Expressions
{
    /// <exception cref="ProblemException">SL5121: one cannot be read, or has another value each time.</exception>
    public static async Task<ImmutableArray<GivenExpression>> ReadAsync(NpgsqlConnection connection, OnlineRequest request, CancellationToken cancellation)
    {
        ImmutableArray<GivenExpression> given = [.. request.Set.SelectMany(s => Read("--set", s)), .. request.Back.SelectMany(b => Read("--back", b))];
        foreach (var one in given)
        {
            if (await BackfillDefinition.IsVolatileAsync(connection, one.Text, cancellation))
            {
                throw Refused(one.Option, $"{one.Table}.{one.Column} = {one.Text}", "it has another value each time it is asked, so that two versions of a row could never be compared");
            }
        }

        return given;
    }

    /// <summary>A computed column has no value yet when a trigger looks at its row.</summary>
    /// <exception cref="ProblemException">SL5121.</exception>
    public static void RequireStored(GivenExpression given, IEnumerable<ShapeColumn> computed)
    {
        var names = Fragments.Names(given.Text).ToHashSet(StringComparer.Ordinal);
        if (computed.FirstOrDefault(c => names.Contains(c.Name)) is { } column)
        {
            throw Refused(given.Option, $"{given.Table}.{given.Column} = {given.Text}", $"`{column.Name}` is computed after the row is written, so that it has no value yet when the other version is told by it; write what it is computed from");
        }
    }

    private static IEnumerable<GivenExpression> Read(string option, string text)
    {
        var lexer = new SqlLexer(text);
        var (table, dot) = (lexer.Next(), lexer.Next());
        if (table.Kind is not (SqlTokenKind.Word or SqlTokenKind.QuotedName) || dot.Kind is not SqlTokenKind.Symbol || text[dot.Start] != '.')
        {
            throw Refused(option, text, "it must be `table.column = expression`");
        }

        // The name of the table is read as that of a column would be.
        var name = Fragments.Assignments($"{text[table.Start..table.End]} = 0")[0].Column;
        return Fragments.Assignments(text[dot.End..]).Select(a => new GivenExpression(option, name, a.Column, a.Expression));
    }

    private static ProblemException Refused(string option, string text, string why) => new(
        new Problem("SL5121", $"`{option}` cannot be used: {why}.\n  {text.Trim()}")
        {
            Remedies = ["Write it so: `--set \"users.first_name = split_part(name, ' ', 1)\"` (the new column, told by old ones), `--back \"users.name = first_name || ' ' || last_name\"` (the old one, told by new ones)"],
        });
}
