using Sluice.Auth.Settings;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Syntax;

namespace Sluice.Auth.Storage;

/// <summary>Compares what the stores will ask for with what the database has, before the first request does. It says everything at once,
/// each with the SQL that would put it right where there is one way.</summary>
internal static class CatalogCheck
{
    /// <exception cref="AuthSetupException">What is missing, table by table.</exception>
    public static async Task RequireAsync(AuthDatabase database, SluiceAuthOptions options, CancellationToken cancellation)
    {
        if (await FindAsync(database, options, cancellation) is { Count: > 0 } findings)
        {
            throw new AuthSetupException(
                $"The database {database.Address.Redacted} is not as Sluice.Auth needs it:\n{string.Join('\n', findings)}\n"
                + "What stands there as SQL belongs in a migration of the application's. Tables that are missing come with `sluice-auth migrate`, or by MigrateOnStart for "
                + "development; tables that the application has under other names are named in Tables (docs/auth-tables.md).");
        }
    }

    public static async Task<IReadOnlyList<CatalogFinding>> FindAsync(AuthDatabase database, SluiceAuthOptions options, CancellationToken cancellation)
    {
        var live = await LiveCatalog.ReadAsync(database, cancellation);
        return [.. Declared.Tables.SelectMany(t => OfTable(t, database.Names, options, live))];
    }

    private static IEnumerable<CatalogFinding> OfTable(Table table, Names names, SluiceAuthOptions options, LiveCatalog live)
    {
        var (key, called) = (table.Name.Name, names.Bare(table.Name.Name));
        var there = live.Columns[(names.SchemaOf(key), called)].ToDictionary(c => c.Name, StringComparer.Ordinal);
        if (there.Count == 0)
        {
            return [new($"table \"{names.SchemaOf(key)}\".\"{called}\" is missing (Tables.Names: `{key}`)")];
        }

        var wanted = table.Columns.Where(c => names.Has($"{key}.{c.Name}")).ToDictionary(c => names.Bare($"{key}.{c.Name}"), StringComparer.Ordinal);
        return wanted.SelectMany(w => OfColumn(new Place(names, key, w.Value.Name), w.Value, there.GetValueOrDefault(w.Key), options))
            .Concat(there.Values.Where(c => c is { IsNotNull: true, HasDefault: false } && !wanted.ContainsKey(c.Name)).Select(c => new CatalogFinding(
                $"\"{called}\".\"{c.Name}\" must not be null, has no default, and Sluice.Auth does not write it",
                names.Sql($"ALTER TABLE {{{key}}} ALTER COLUMN {Names.Quote(c.Name)} DROP NOT NULL;"))))
            .Concat(UniqueCheck.Find(table, names, [.. live.Uniques[(names.SchemaOf(key), called)]]));
    }

    private static IEnumerable<CatalogFinding> OfColumn(Place at, Column column, LiveColumn? live, SluiceAuthOptions options)
    {
        if (live is null)
        {
            var isOptional = Declared.Optional.Contains(at.Key);
            yield return new(
                $"{at} is missing (Tables.Names{(isOptional ? ", or Tables.Absent" : "")}: `{at.Key}`)",
                at.Names.Sql($"ALTER TABLE {{{at.Table}}} ADD COLUMN {{{at.Key}}} {Definition(at, column)};"));
            yield break;
        }

        if (WrongType(at, column, live) is { } remedy)
        {
            yield return new($"{at} is of type {live.Type}{remedy}");
        }

        var isLeft = Declared.LeftToDefaults.Contains(at.Key);
        if (isLeft && live is { IsNotNull: true, HasDefault: false })
        {
            yield return new($"{at} must not be null, has no default, and Sluice.Auth does not write it in a new row", column.Default is null
                ? at.Alter("DROP NOT NULL")
                : at.Alter($"SET DEFAULT {Declared.ValueOf(column)}"));
        }

        // Where a registration must bring it, it is never null.
        var isAsked = (at.Key == "users.username" && options.RequireUsername) || (at.Key == "users.name" && options.RequireDisplayName);
        if (!isLeft && !isAsked && live.IsNotNull && column.Arity is FieldArity.Optional)
        {
            var option = at.Key switch { "users.username" => ", or set RequireUsername", "users.name" => ", or set RequireDisplayName", _ => "" };
            yield return new($"{at} must not be null, and Sluice.Auth writes null there{option}", at.Alter("DROP NOT NULL"));
        }
    }

    // Rows that are there already get something too.
    private static string Definition(Place at, Column column)
    {
        var type = IsId(column) && at.Names.Ids is not IdKind.Uuid ? "TEXT" : at.Names.TypeOf(at.Key) ?? Declared.TypeOf(column);
        var isTime = Declared.KindOf(column) is NativeKind.Timestamptz;
        return column switch
        {
            { Default: not null } => $"{type} NOT NULL DEFAULT {Declared.ValueOf(column)}",
            { Arity: FieldArity.Required } when isTime => $"{type} NOT NULL DEFAULT now()",
            // Nobody can say what it would be in the rows that are there.
            _ => type,
        };
    }

    /// <returns>What to do about a type that our statements do not fit; null where they do.</returns>
    private static string? WrongType(Place at, Column column, LiveColumn live)
    {
        if (IsId(column))
        {
            return live.Type == "uuid" == at.Names.Ids is IdKind.Uuid ? null : $" (Tables.Ids: {nameof(IdKind.Uuid)} for uuid, {nameof(IdKind.Cuid)} or {nameof(IdKind.UuidText)} for text)";
        }

        if (at.Names.TypeOf(at.Key) is { } said)
        {
            return live.Type == said ? null : $", and Tables.Types says {said}";
        }

        if (TableOptionsCheck.Others(at.Key).Contains(live.Type))
        {
            return $" (Tables.Types: `{at.Key}` → `{live.Type}`)";
        }

        string[] fitting = Declared.KindOf(column) switch
        {
            NativeKind.Text => ["text", "character varying"],
            NativeKind.Timestamptz => ["timestamp with time zone", "timestamp without time zone"],
            NativeKind.Integer => ["integer", "bigint"],
            NativeKind.JsonB => ["jsonb", "json"],
            NativeKind.ByteA => ["bytea"],
            var kind => [kind.ToString().ToLowerInvariant()],
        };
        // A role is read as text, and never written by us.
        return fitting.Contains(live.Type) || at.Key == "users.role" ? null : $", not {fitting[0]}";
    }

    private static bool IsId(Column column) => Declared.KindOf(column) is NativeKind.Uuid;

    private sealed record Place(Names Names, string Table, string Column)
    {
        public string Key => $"{Table}.{Column}";

        public string Alter(string what) => Names.Sql($"ALTER TABLE {{{Table}}} ALTER COLUMN {{{Key}}} ") + what + ";";

        public override string ToString() => $"\"{Names.Bare(Table)}\".\"{Names.Bare(Key)}\"";
    }
}

/// <param name="What">What is not as it should be, and the option that could say so.</param>
/// <param name="Sql">What would put it right; null where there is no one way.</param>
internal sealed record CatalogFinding(string What, string? Sql = null)
{
    public override string ToString() => Sql is null ? $"  {What}" : $"  {What}\n      {Sql}";
}
