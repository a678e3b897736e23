using System.Diagnostics;
using Sluice.Model;
using Sluice.Plan;

namespace Sluice.Sql;

public static partial class SqlWriter
{
    private static string AddForeignKey(PlanStep.AddForeignKey step, SqlNames names)
    {
        var key = step.Key;
        return $"ALTER TABLE {names.Of(step.Table)} ADD CONSTRAINT {SqlNames.Quote(key.Name)} "
            + $"FOREIGN KEY ({SqlNames.Quoted(key.Columns)}) REFERENCES {names.Of(key.ReferencedTable)}({SqlNames.Quoted(key.ReferencedColumns)}) "
            + $"ON DELETE {Write(key.OnDelete)} ON UPDATE {Write(key.OnUpdate)}";
    }

    private static string Write(ReferentialAction action) => action switch
    {
        ReferentialAction.NoAction => "NO ACTION",
        ReferentialAction.Restrict => "RESTRICT",
        ReferentialAction.Cascade => "CASCADE",
        ReferentialAction.SetNull => "SET NULL",
        ReferentialAction.SetDefault => "SET DEFAULT",
        _ => throw new UnreachableException(action.ToString()),
    };
}
