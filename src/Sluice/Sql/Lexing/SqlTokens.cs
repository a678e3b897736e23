namespace Sluice.Sql.Lexing;

/// <summary>The tokens of a script as texts, without its comments.</summary>
internal static class SqlTokens
{
    public static IEnumerable<string> Of(string sql)
    {
        var lexer = new SqlLexer(sql);
        var tokens = new List<string>();
        for (var token = lexer.Next(); token.Kind is not SqlTokenKind.End; token = lexer.Next())
        {
            if (token.Kind is not SqlTokenKind.Comment)
            {
                tokens.Add(sql[token.Start..token.End]);
            }
        }

        return tokens;
    }
}
