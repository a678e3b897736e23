using Sluice.Sql.Lexing;

namespace Sluice.Sql.Segments;

/// <summary>What a run must know of statements besides where they commit.</summary>
public static class SegmentTraits
{
    public static LockClass LockClassOf(this Segmentation cut, Segment segment)
    {
        if (segment is Segment.Alone alone)
        {
            return alone.Statement switch
            {
                LoneStatement.CreateIndex or LoneStatement.Reindex or LoneStatement.DropIndex or LoneStatement.DetachPartition => LockClass.Budget,
                LoneStatement.Repeatable when cut.Statements[segment.First] is { Keywords: ["VACUUM", ..] } vacuum && !new StatementTokens(vacuum.Text(cut.Script)).Contains("FULL") => LockClass.Budget,
                LoneStatement.Repeatable => LockClass.Brief,
                _ => LockClass.Unlimited,
            };
        }

        return cut.Statements[segment.First..segment.End].All(s => IsQuiet(s, cut.Script)) ? LockClass.Unlimited : LockClass.Brief;
    }

    /// <summary>The script says itself how long it waits; that holds then, and nothing is set over it.</summary>
    public static bool SetsLockTimeout(this Segmentation cut) => cut.Script.Contains("lock_timeout", StringComparison.OrdinalIgnoreCase);

    private static bool IsQuiet(SqlStatement statement, string script) =>
        statement.Transaction is not TransactionControl.None
        || statement.Keywords is ["INSERT" or "UPDATE" or "DELETE" or "MERGE", ..]
        || (statement.Keywords is ["ALTER", "TABLE", ..] && new StatementTokens(statement.Text(script)).Contains("VALIDATE", "CONSTRAINT"));

    /// <summary>Settings that hold for the rest of the script, which whoever goes on in the middle of it must make again.</summary>
    public static bool IsSessionSetting(this SqlStatement statement) => statement.Keywords
        is ["SET", not ("LOCAL" or "TRANSACTION" or "CONSTRAINTS"), ..] or ["RESET", ..];

    /// <summary>It acts on the rest of its transaction, which a COMMIT behind it would take away.</summary>
    public static bool IsBoundToTransaction(this SqlStatement statement, string script) =>
        statement.Keywords is ["SET", "LOCAL" or "TRANSACTION" or "CONSTRAINTS", ..] or ["LOCK" or "SAVEPOINT" or "RELEASE" or "DECLARE", ..]
        || statement.Text(script) is var text
            && (text.Contains("set_config", StringComparison.OrdinalIgnoreCase)
                || text.Contains("_xact_", StringComparison.OrdinalIgnoreCase)
                || new StatementTokens(text).Contains("ON", "COMMIT"));

    /// <summary>It may leave something in its session: a setting, a temporary table, a prepared statement.</summary>
    public static bool MayLeaveTraces(this Segmentation cut) =>
        cut.Script.Contains("set_config", StringComparison.OrdinalIgnoreCase)
        || cut.Statements.Any(s => s.Keywords
            is not ["CREATE", not ("TEMP" or "TEMPORARY" or "LOCAL" or "GLOBAL"), ..] and not ["ALTER" or "DROP" or "COMMENT" or "GRANT" or "REVOKE", ..]);
}
