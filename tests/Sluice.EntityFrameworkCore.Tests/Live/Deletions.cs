using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using static Microsoft.EntityFrameworkCore.Storage.DbContextTransactionExtensions;
using Npgsql;
using Sluice.Catalog;
using Sluice.Model;

namespace Sluice.EntityFrameworkCore.Tests.Live;

/// <summary>Deletes each row by itself and compares what happens to the others with what the catalog's foreign keys say.</summary>
internal static class Deletions
{
    public static async Task<List<string>> ProveAsync(GeneratedDatabase database, IReadOnlyDictionary<IEntityType, object> rows)
    {
        var wrong = new List<string>();
        await using var before = database.NewContext();
        await before.Database.OpenConnectionAsync();
        var links = await LinksAsync(before, database.Catalog);
        foreach (var (entity, row) in rows)
        {
            await using var context = database.NewContext();
            var expected = Expect(database.Catalog, TableOf(entity, database.Catalog), links);
            await context.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
            {
                await using var transaction = await context.Database.BeginTransactionAsync();
                var outcome = await DeleteAsync(context, row);
                if (expected.IsOpen)
                {
                    return;
                }

                if (outcome != expected.IsRefused)
                {
                    wrong.Add($"deleting {entity.ShortName()}: {(outcome ? "refused" : "done")}, the schema says otherwise");
                }
                else if (!outcome)
                {
                    var left = await LeftAsync(context, database.Catalog);
                    var gone = links.Keys.Where(t => !left.Contains(t)).ToHashSet();
                    if (!gone.SetEquals(expected.Gone))
                    {
                        wrong.Add($"deleting {entity.ShortName()} took {string.Join(", ", gone)} and not {string.Join(", ", expected.Gone)}");
                    }
                }
            });
        }

        return wrong;
    }

    private static ObjectName TableOf(IEntityType entity, Database catalog) => new(entity.GetSchema() ?? catalog.DefaultSchema, entity.GetTableName()!);

    private static async Task<bool> DeleteAsync(DbContext context, object row)
    {
        // Only this row is known to EF Core: the database does the rest.
        context.Entry(row).State = EntityState.Deleted;
        try
        {
            await context.SaveChangesAsync();
            return false;
        }
        catch (DbUpdateException refused) when (refused.InnerException is PostgresException { SqlState: "23503" or "23001" or "23502" })
        {
            return true;
        }
    }

    /// <summary>Which foreign keys of each table's one row are set; tables without a row are absent.</summary>
    private static async Task<Dictionary<ObjectName, HashSet<string>>> LinksAsync(DbContext context, Database catalog)
    {
        var links = new Dictionary<ObjectName, HashSet<string>>();
        foreach (var table in catalog.Tables)
        {
            if (!await IsThereAsync(context, table.Name, "TRUE"))
            {
                continue;
            }

            links[table.Name] = [];
            foreach (var key in table.ForeignKeys)
            {
                if (await IsThereAsync(context, table.Name, string.Join(" AND ", key.Columns.Select(c => $"\"{c}\" IS NOT NULL"))))
                {
                    links[table.Name].Add(key.Name);
                }
            }
        }

        return links;
    }

    private static async Task<HashSet<ObjectName>> LeftAsync(DbContext context, Database catalog)
    {
        var sql = string.Join(
            " UNION ALL ",
            catalog.Tables.Select((t, i) => $"SELECT {i} WHERE EXISTS (SELECT FROM \"{t.Name.Schema}\".\"{t.Name.Name}\")"));
        await using var command = Command(context, sql);
        await using var reader = await command.ExecuteReaderAsync();
        var left = new HashSet<ObjectName>();
        while (await reader.ReadAsync())
        {
            left.Add(catalog.Tables[reader.GetInt32(0)].Name);
        }

        return left;
    }

    // Names from the catalog, quoted.
    private static async Task<bool> IsThereAsync(DbContext context, ObjectName table, string condition)
    {
        await using var command = Command(context, $"SELECT EXISTS (SELECT FROM \"{table.Schema}\".\"{table.Name}\" WHERE {condition})");
        return await command.ExecuteScalarAsync() is true;
    }

    // Past EF Core, which would compile each text anew.
    private static DbCommand Command(DbContext context, string sql)
    {
        var command = context.Database.GetDbConnection().CreateCommand();
        (command.CommandText, command.Transaction) = (sql, context.Database.CurrentTransaction is { } current ? current.GetDbTransaction() : null);
        return command;
    }

    private static Expected Expect(Database catalog, ObjectName deleted, Dictionary<ObjectName, HashSet<string>> links)
    {
        var gone = new HashSet<ObjectName> { deleted };
        var keys = catalog.Tables.SelectMany(t => t.ForeignKeys.Where(k => links.TryGetValue(t.Name, out var set) && set.Contains(k.Name)).Select(k => (Table: t, Key: k))).ToArray();
        for (var grew = true; grew;)
        {
            grew = keys.Where(k => k.Key.OnDelete is ReferentialAction.Cascade && gone.Contains(k.Key.ReferencedTable)).Aggregate(false, (any, k) => gone.Add(k.Table.Name) || any);
        }

        var hits = keys.Where(k => k.Key.OnDelete is not ReferentialAction.Cascade && gone.Contains(k.Key.ReferencedTable)).ToArray();
        var stops = hits.Where(k => k.Key.OnDelete is ReferentialAction.Restrict or ReferentialAction.NoAction
            || k.Key.Columns.Any(c => k.Table.Column(c)!.Arity is Syntax.FieldArity.Required)).ToArray();

        // A row that goes by one key and is held by another: PostgreSQL's order of triggers decides.
        var isOpen = hits.Any(k => gone.Contains(k.Table.Name) && k.Table.Name != deleted) || hits.Any(k => k.Key.OnDelete is ReferentialAction.SetDefault);
        return new Expected(gone, stops.Any(s => s.Table.Name != deleted || s.Key.ReferencedTable != deleted), isOpen);
    }

    private sealed record Expected(HashSet<ObjectName> Gone, bool IsRefused, bool IsOpen);
}
