using Sluice.Auth.Settings;

namespace Sluice.Auth.Storage;

/// <summary>Compares what the stores will ask for with what the database has, before the first request does.</summary>
internal static class CatalogCheck
{
    private const string Columns = """
        SELECT c.relname, a.attname, format_type(a.atttypid, NULL), a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = ''
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'f') AND a.attnum > 0 AND NOT a.attisdropped
        """;

    /// <exception cref="AuthSetupException">What is missing, table by table.</exception>
    public static async Task RequireAsync(AuthDatabase database, CancellationToken cancellation)
    {
        var live = await ReadAsync(database, cancellation);
        var problems = Names.Declared.SelectMany(t => Problems(t.Name.Name, [.. t.Columns.Select(c => c.Name)], database.Names, live)).ToList();
        if (problems.Count > 0)
        {
            throw new AuthSetupException(
                $"The database {database.Address.Redacted} is not as Sluice.Auth needs it:\n  {string.Join("\n  ", problems)}\n"
                + "Run `sluice migrate deploy` with Sluice.Auth's schema, or set MigrateOnStart for development, or name what the application has in Tables.");
        }
    }

    private static IEnumerable<string> Problems(string table, List<string> columns, Names names, ILookup<string, LiveColumn> live)
    {
        var called = names.Bare(table);
        var there = live[called].ToDictionary(c => c.Name, StringComparer.Ordinal);
        if (there.Count == 0)
        {
            yield return $"table \"{names.Schema}\".\"{called}\" is missing (Tables.Names: `{table}`)";
            yield break;
        }

        var wanted = columns.ToDictionary(c => names.Bare($"{table}.{c}"), StringComparer.Ordinal);
        foreach (var (name, column) in wanted.Where(w => !there.ContainsKey(w.Key)))
        {
            yield return $"\"{called}\" has no column \"{name}\" (Tables.Names: `{table}.{column}`)";
        }

        foreach (var id in wanted.Where(w => w.Value is "id" or "userId" or "sessionId").Select(w => there.GetValueOrDefault(w.Key)).OfType<LiveColumn>())
        {
            if (id.Type == "uuid" != names.Ids is IdKind.Uuid)
            {
                yield return $"\"{called}\".\"{id.Name}\" is of type {id.Type} (Tables.Ids: {nameof(IdKind.Uuid)} for uuid, {nameof(IdKind.Cuid)} for text)";
            }
        }

        foreach (var column in there.Values.Where(c => c.MustBeWritten && !wanted.ContainsKey(c.Name)))
        {
            yield return $"\"{called}\".\"{column.Name}\" must not be null, has no default, and Sluice.Auth does not write it (ALTER COLUMN … SET DEFAULT or DROP NOT NULL)";
        }
    }

    private static async Task<ILookup<string, LiveColumn>> ReadAsync(AuthDatabase database, CancellationToken cancellation)
    {
        await using var command = database.Command(Columns, database.Names.Schema);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new List<(string Table, LiveColumn Column)>();
        while (await reader.ReadAsync(cancellation))
        {
            found.Add((reader.GetString(0), new LiveColumn(reader.GetString(1), reader.GetString(2), reader.GetBoolean(3))));
        }

        return found.ToLookup(f => f.Table, f => f.Column, StringComparer.Ordinal);
    }

    private sealed record LiveColumn(string Name, string Type, bool MustBeWritten);
}
