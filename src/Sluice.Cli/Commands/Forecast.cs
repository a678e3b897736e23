using Sluice.Postgres.Verifying;
using Sluice.Sql.Effects;

namespace Sluice.Cli.Commands;

/// <summary>What statements will do to others, asked in the order in which they run: a table that one makes is new to the next.</summary>
internal sealed class Forecast(Surroundings around)
{
    private readonly HashSet<string> made = new(StringComparer.Ordinal);

    public StatementEffect Of(string statement)
    {
        var effect = StatementEffects.Of(statement, around.Catalog);
        if (effect.Creates is { } table && around.Catalog.Tables.Items.All(t => t.Name.Name != table && $"{t.Name.Schema}.{t.Name.Name}" != table))
        {
            made.Add(table);
        }

        return effect.Without(made);
    }
}
