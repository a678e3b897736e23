using Sluice.Sql.Lexing;

namespace Sluice.Sql.Segments;

/// <summary>What a run must know of statements besides where they commit.</summary>
public static class SegmentTraits
{
    /// <summary>False when all its statements take locks that others get on with: rows written, constraints validated.</summary>
    public static bool MayBlockOthers(this Segmentation cut, Segment segment)
    {
        for (var i = segment.First; i < segment.End; i++)
        {
            var statement = cut.Statements[i];
            var quiet = statement.Transaction is not TransactionControl.None
                || statement.Keywords is ["INSERT" or "UPDATE" or "DELETE" or "MERGE", ..]
                || (statement.Keywords is ["ALTER", "TABLE", ..] && new StatementTokens(statement.Text(cut.Script)).Contains("VALIDATE", "CONSTRAINT"));
            if (!quiet)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Settings that hold for the rest of the script, which whoever goes on in the middle of it must make again.</summary>
    public static bool IsSessionSetting(this SqlStatement statement) => statement.Keywords
        is ["SET", not ("LOCAL" or "TRANSACTION" or "CONSTRAINTS"), ..] or ["RESET", ..];

    /// <summary>It may leave something in its session: a setting, a temporary table, a prepared statement.</summary>
    public static bool MayLeaveTraces(this Segmentation cut) =>
        cut.Script.Contains("set_config", StringComparison.OrdinalIgnoreCase)
        || cut.Statements.Any(s => s.Keywords
            is not ["CREATE", not ("TEMP" or "TEMPORARY" or "LOCAL" or "GLOBAL"), ..] and not ["ALTER" or "DROP" or "COMMENT" or "GRANT" or "REVOKE", ..]);
}
