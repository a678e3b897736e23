namespace Sluice.Sql.Objects;

/// <summary>Attributes of a composite type, a line each: `"name" type`.</summary>
internal static class Attributes
{
    public static string Change(string from, string to)
    {
        var (previous, next) = (ByName(from), ByName(to));
        return string.Join(", ",
        [
            .. previous.Keys.Where(n => !next.ContainsKey(n)).Select(n => $"DROP ATTRIBUTE {n}"),
            .. next.Where(a => previous.TryGetValue(a.Key, out var type) && type != a.Value).Select(a => $"ALTER ATTRIBUTE {a.Key} TYPE {a.Value}"),
            .. next.Where(a => !previous.ContainsKey(a.Key)).Select(a => $"ADD ATTRIBUTE {a.Key} {a.Value}"),
        ]);
    }

    private static Dictionary<string, string> ByName(string lines) => lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => (Line: l, End: l.IndexOf("\" ", StringComparison.Ordinal) + 1))
        .ToDictionary(l => l.Line[..l.End], l => l.Line[(l.End + 1)..], StringComparer.Ordinal);
}
