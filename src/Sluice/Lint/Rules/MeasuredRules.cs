using System.Collections.Immutable;

namespace Sluice.Lint.Rules;

/// <summary>M: what `migrate verify --trace` finds; `Measuring` compares.</summary>
internal static class MeasuredRules
{
    public static Rule More { get; } = new("M01", "It does more than was told", Level.Danger)
    {
        Why = "The prediction is wrong about this statement, so no other rule could warn of what it does: an event trigger, or a form that is not known.",
        Instead = "Look at what was measured, and judge by that; then allow this with the reason. Without an event trigger in sight it is a fault of ours: report it.",
        Bad = "CREATE FUNCTION also() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN LOCK TABLE customers; END $$;\nCREATE EVENT TRIGGER also ON ddl_command_end WHEN TAG IN ('COMMENT') EXECUTE FUNCTION also();\nCOMMENT ON TABLE orders IS 'what was sold';",
        Good = "COMMENT ON TABLE orders IS 'what was sold';",
    };

    public static Rule Less { get; } = new("M02", "It does less than was told", Level.Advice)
    {
        Why = "The prediction is wrong about this statement on the safe side: a finding about it may be a false alarm: the table is where it is to be already.",
        Instead = "Judge by what was measured; a finding that is wrong can be allowed with that reason.",
        Bad = "ALTER TABLE events_2027 SET LOGGED;",
        Good = "ALTER TABLE events_2027 SET UNLOGGED;",
    };

    public static Rule Untraced { get; } = new("M03", "It cannot be traced", Level.Warning)
    {
        Why = "What it does was not seen: the copy is another database, perhaps of another user, and what reaches beyond a database is not run there.",
        Instead = "Run the trace as a user with the rights it names, or judge the statement by its prediction alone.",
        Bad = "ALTER SYSTEM SET work_mem = '8MB';",
        Good = "SET LOCAL work_mem = '8MB';",
    };

    public static Rule RefusedByRows { get; } = new("M04", "Rows refuse it", Level.Warning)
    {
        Why = "On tables with such rows it fails and nothing of its transaction stays. Invented rows may be ones that nobody has; those of the live database are not.",
        Instead = "Look for such rows in the live database, and mend them in a statement before it.",
        Bad = "ALTER TABLE orders ADD COLUMN weight int NOT NULL;",
        Good = "ALTER TABLE orders ADD COLUMN weight int NOT NULL DEFAULT 0;",
    };

    public static ImmutableArray<Rule> All { get; } = [More, Less, Untraced, RefusedByRows];
}
