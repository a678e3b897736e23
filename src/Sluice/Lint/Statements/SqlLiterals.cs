namespace Sluice.Lint.Statements;

/// <summary>What stands inside quotes.</summary>
internal static class SqlLiterals
{
    /// <summary>Of `"name"`, `U&amp;"name"`.</summary>
    public static string Name(string spelled)
    {
        var open = spelled.IndexOf('"', StringComparison.Ordinal);
        return spelled.EndsWith('"') && spelled.Length > open + 1
            ? spelled[(open + 1)..^1].Replace("\"\"", "\"", StringComparison.Ordinal)
            : spelled;
    }

    /// <summary>Of `'text'`, `E'text'`, `$tag$text$tag$`.</summary>
    public static string Content(string spelled)
    {
        if (spelled.StartsWith('$'))
        {
            var tag = spelled.IndexOf('$', 1) + 1;
            return spelled.Length >= 2 * tag ? spelled[tag..^tag] : spelled;
        }

        var open = spelled.IndexOf('\'', StringComparison.Ordinal);
        return spelled.EndsWith('\'') && spelled.Length > open + 1
            ? spelled[(open + 1)..^1].Replace("''", "'", StringComparison.Ordinal)
            : spelled;
    }
}
