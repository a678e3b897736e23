using System.Text.RegularExpressions;
using Npgsql;
using Sluice.Sql.Lexing;

namespace Sluice.Postgres.Measuring;

/// <summary>Statements that a copy of a database does not contain: they would change the server, and with it the live database.</summary>
internal static partial class BeyondDatabase
{
    public static bool Reaches(SqlStatement statement, string text) => statement.Keywords.Items switch
    {
        ["CREATE" or "ALTER" or "DROP", "USER", "MAPPING", ..] => false,
        ["CREATE" or "ALTER" or "DROP", "DATABASE" or "ROLE" or "USER" or "GROUP" or "TABLESPACE" or "SUBSCRIPTION" or "SYSTEM", ..] => true,
        ["COMMENT", "ON", "DATABASE" or "ROLE" or "TABLESPACE" or "SUBSCRIPTION", ..] => true,
        ["SECURITY", "LABEL", ..] or ["DROP" or "REASSIGN", "OWNED", ..] => true,
        // Without ON it is a role that is given.
        ["GRANT" or "REVOKE", ..] => Words(text) is var words && (!words.Contains("ON") || words.Any(w => w is "DATABASE" or "TABLESPACE" or "PARAMETER")),
        ["COPY", ..] => Words(text) is var words && (words.Contains("PROGRAM") || words.Contains("TO")),
        // What a body says in plain words; what it does otherwise, its locks show.
        ["DO", ..] => Connection().IsMatch(text) || Body().IsMatch(text),
        ["SELECT" or "WITH" or "CALL" or "INSERT" or "UPDATE" or "DELETE", ..] => Connection().IsMatch(text),
        _ => false,
    };

    /// <summary>The catalogs that the databases of a server share and the transaction has written to, by the locks that it keeps on them to its end; null for none.</summary>
    public static async Task<string?> WrittenAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT pg_catalog.string_agg(DISTINCT c.relname, ', ')
            FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
            WHERE l.pid = pg_catalog.pg_backend_pid() AND l.granted AND l.locktype = 'relation' AND l.database = 0 AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
              AND c.relname IN ('pg_authid', 'pg_auth_members', 'pg_database', 'pg_db_role_setting', 'pg_parameter_acl', 'pg_shdescription', 'pg_shseclabel', 'pg_subscription', 'pg_tablespace')
            """,
            connection);
        return await command.ExecuteScalarAsync(cancellation) as string;
    }

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var lexer = new SqlLexer(text);
        for (var token = lexer.Next(); token.Kind is not SqlTokenKind.End; token = lexer.Next())
        {
            if (token.Kind is SqlTokenKind.Word)
            {
                words.Add(text[token.Start..token.End].ToUpperInvariant());
            }
        }

        return words;
    }

    // Another connection's work is not undone with this one's.
    [GeneratedRegex(@"\bdblink", RegexOptions.IgnoreCase)]
    private static partial Regex Connection();

    [GeneratedRegex(@"\b(?:CREATE|ALTER|DROP)\s+(?:ROLE|GROUP|USER(?!\s+MAPPING)|DATABASE|TABLESPACE|SUBSCRIPTION|SYSTEM)\b|\b(?:DROP|REASSIGN)\s+OWNED\b|\bPROGRAM\b", RegexOptions.IgnoreCase)]
    private static partial Regex Body();
}
