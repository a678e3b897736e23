using System.Reflection;
using System.Runtime.Loader;
using Microsoft.EntityFrameworkCore;
using Sluice.Catalog;
using Sluice.EntityFrameworkCore.Tests.Generation;
using Sluice.Introspection;
using Sluice.Postgres.Reading;
using Sluice.Tests.Support;
using Sluice.Text;

namespace Sluice.EntityFrameworkCore.Tests.Live;

/// <summary>A database with a schema's tables, and the schema's generated code beside it.</summary>
internal sealed class GeneratedDatabase : IAsyncDisposable
{
    private readonly TestDatabase database;
    private readonly Assembly assembly;

    private GeneratedDatabase(TestDatabase database, Database catalog, SourceText[] schema)
    {
        this.database = database;
        Catalog = catalog;
        var (built, complaints) = GeneratedCode.Load(GeneratedCode.Compile(GeneratedCode.Of(schema)), new AssemblyLoadContext(null));
        assembly = built ?? throw new InvalidOperationException(complaints);
    }

    /// <summary>What the schema asks for: the oracle of what deletions do.</summary>
    public Database Catalog { get; }

    /// <summary>Tables made by the schema's SQL.</summary>
    public static async Task<GeneratedDatabase> CreateAsync(params SourceText[] schema)
    {
        var catalog = CatalogBuilder.Build(GeneratedCode.Model(schema));
        var database = await TestDatabase.CreateAsync();

        // Its operator classes are used by schemas whose migrations make it by hand.
        await database.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS pg_trgm");
        await database.ExecuteAsync(Migration.Script(Database.Empty, catalog));
        return new GeneratedDatabase(database, catalog, schema);
    }

    /// <summary>Tables made by SQL, the schema read from them as `db pull` does.</summary>
    public static async Task<GeneratedDatabase> PullAsync(string sql)
    {
        var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(sql);

        // The schema language does not say checks and triggers: invented values do not meet the ones, and the others add rows; nor rows.
        await database.ExecuteAsync("""
            DO $$ DECLARE c record; t record; BEGIN
              FOR c IN SELECT conrelid::regclass AS owner, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 LOOP
                EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.owner, c.conname);
              END LOOP;
              FOR t IN SELECT tgrelid::regclass AS owner, tgname FROM pg_trigger WHERE NOT tgisinternal LOOP
                EXECUTE format('DROP TRIGGER %I ON %s', t.tgname, t.owner);
              END LOOP;
              FOR t IN SELECT oid::regclass AS owner FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
                EXECUTE format('TRUNCATE %s CASCADE', t.owner);
              END LOOP;
            END $$
            """);
        await using var connection = await database.Source.OpenConnectionAsync();
        var pulled = Introspector.Introspect(await CatalogReader.ReadAsync(connection));
        SourceText[] schema = [.. pulled.Files.Select(f => new SourceText(f.Path, f.Text))];
        return new GeneratedDatabase(database, CatalogBuilder.Build(GeneratedCode.Model(schema)), schema);
    }

    public DbContext NewContext() => GeneratedContext.New(assembly, database.ConnectionString);

    public async Task<long> CountAsync(ObjectName table)
    {
        await using var command = database.Source.CreateCommand($"SELECT count(*) FROM \"{table.Schema}\".\"{table.Name}\"");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
