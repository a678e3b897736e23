namespace Sluice.Sql.Segments;

/// <summary>Which statements PostgreSQL refuses inside a transaction block.</summary>
internal static class LoneStatements
{
    /// <param name="first">The statement's first word, in upper case: most statements are told by it.</param>
    /// <param name="isOnly">A script of one statement: a CALL in it may commit, as it may when Prisma sends it.</param>
    /// <returns>Null for a statement that may stand in a transaction.</returns>
    public static LoneStatement? Read(string text, string first, bool isOnly) => first switch
    {
        "CREATE" => Create(new StatementTokens(text)),
        "DROP" => Drop(new StatementTokens(text)),
        "ALTER" => Alter(new StatementTokens(text)),
        "REINDEX" => Reindex(new StatementTokens(text)),
        "CLUSTER" => IsClusterOfAll(new StatementTokens(text)) ? new LoneStatement.Repeatable() : null,
        "VACUUM" => new LoneStatement.Repeatable(),
        "DISCARD" => new StatementTokens(text).Take("DISCARD", "ALL") ? new LoneStatement.Repeatable() : null,
        "COMMIT" or "ROLLBACK" => new StatementTokens(text).Contains("PREPARED") ? new LoneStatement.Opaque() : null,
        "DO" => MayCommit(new StatementTokens(text)) ? new LoneStatement.Opaque() : null,
        "CALL" => isOnly ? new LoneStatement.Opaque() : null,
        _ => null,
    };

    private static LoneStatement? Create(StatementTokens tokens)
    {
        tokens.Take("CREATE");
        foreach (var kind in new[] { "DATABASE", "TABLESPACE", "SUBSCRIPTION" })
        {
            if (tokens.Take(kind))
            {
                return new LoneStatement.CreateShared(kind, StatementTokens.Folded(tokens.TakeName()));
            }
        }

        tokens.Take("UNIQUE");
        if (!tokens.Take("INDEX", "CONCURRENTLY"))
        {
            return null;
        }

        var ifNotExists = tokens.Take("IF", "NOT", "EXISTS");
        var name = "";
        if (!tokens.Take("ON"))
        {
            name = StatementTokens.Folded(tokens.TakeName());
            tokens.Take("ON");
        }

        tokens.Take("ONLY");
        return new LoneStatement.CreateIndex(name, tokens.TakeName(), ifNotExists);
    }

    private static LoneStatement? Drop(StatementTokens tokens)
    {
        tokens.Take("DROP");
        foreach (var kind in new[] { "DATABASE", "TABLESPACE", "SUBSCRIPTION" })
        {
            if (tokens.Take(kind))
            {
                tokens.Take("IF", "EXISTS");
                return new LoneStatement.DropShared(kind, StatementTokens.Folded(tokens.TakeName()));
            }
        }

        if (!tokens.Take("INDEX", "CONCURRENTLY"))
        {
            return null;
        }

        tokens.Take("IF", "EXISTS");
        List<string> names = [tokens.TakeName()];
        while (tokens.TakeComma())
        {
            names.Add(tokens.TakeName());
        }

        return new LoneStatement.DropIndex([.. names]);
    }

    private static LoneStatement? Alter(StatementTokens tokens)
    {
        tokens.Take("ALTER");
        if (tokens.Take("SYSTEM"))
        {
            return new LoneStatement.Repeatable();
        }

        if (tokens.Take("DATABASE"))
        {
            return tokens.Contains("SET", "TABLESPACE") ? new LoneStatement.Repeatable() : null;
        }

        if (tokens.Take("SUBSCRIPTION"))
        {
            return tokens.Contains("REFRESH") || tokens.Contains("PUBLICATION") ? new LoneStatement.Repeatable() : null;
        }

        if (!tokens.Take("TABLE"))
        {
            return null;
        }

        tokens.Take("IF", "EXISTS");
        tokens.Take("ONLY");
        var parent = tokens.TakeName();
        if (!tokens.Take("DETACH", "PARTITION"))
        {
            return null;
        }

        var partition = tokens.TakeName();
        return tokens.Take("CONCURRENTLY") ? new LoneStatement.DetachPartition(parent, partition) : null;
    }

    private static LoneStatement? Reindex(StatementTokens tokens)
    {
        tokens.Take("REINDEX");
        var concurrently = tokens.Contains("CONCURRENTLY");
        tokens.SkipParentheses();
        if (tokens.Take("SCHEMA") || tokens.Take("DATABASE") || tokens.Take("SYSTEM"))
        {
            return new LoneStatement.Repeatable();
        }

        if (!concurrently || !(tokens.Take("INDEX") || tokens.Take("TABLE")))
        {
            return null;
        }

        tokens.Take("CONCURRENTLY");
        return new LoneStatement.Reindex(tokens.TakeName());
    }

    // Without a table it goes over all of them, a transaction each.
    private static bool IsClusterOfAll(StatementTokens tokens)
    {
        tokens.Take("CLUSTER");
        tokens.SkipParentheses();
        tokens.Take("VERBOSE");
        return tokens.Ended;
    }

    private static bool MayCommit(StatementTokens tokens) =>
        tokens.Strings().Any(body => new StatementTokens(body) is var inner && (inner.Contains("COMMIT") || inner.Contains("ROLLBACK")));
}
