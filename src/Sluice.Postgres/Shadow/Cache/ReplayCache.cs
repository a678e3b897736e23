using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Shadow.Cache;

/// <summary>What is known already of the replay of some migrations. Whatever goes wrong with it, the replay itself still can be done.</summary>
internal sealed class ReplayCache
{
    private readonly CatalogCache? catalogs;
    private readonly RunSettings settings;

    private ReplayCache(CatalogCache? catalogs, ReplayKeys? keys, RunSettings settings)
    {
        this.catalogs = catalogs;
        this.settings = settings;
        Keys = keys;
    }

    /// <summary>Null where nothing is remembered.</summary>
    public ReplayKeys? Keys { get; }

    public static async Task<ReplayCache> OpenAsync(RunSettings settings, ImmutableArray<MigrationFile> migrations, CancellationToken cancellation)
    {
        if (settings.CacheFolder is null || await Ground.ReadAsync(settings, cancellation) is not { } ground)
        {
            return new ReplayCache(null, null, settings);
        }

        return new ReplayCache(new CatalogCache(settings.CacheFolder, settings.Clock), ReplayKeys.Of(ground, migrations), settings);
    }

    /// <summary>The catalog after the first <paramref name="count"/> migrations, if it was read before.</summary>
    public Database? Find(int count) => Keys is null ? null : Find(Keys.After[count]);

    /// <summary>What one script more made of the last migration's database, if that was read before.</summary>
    public Database? FindAfter(string script) => Keys is null ? null : Find(Keys.Then(script));

    public void Store(int count, Database database)
    {
        if (Keys is not null)
        {
            Store(Keys.After[count], database);
        }
    }

    /// <summary>What one script more made of the last migration's database.</summary>
    public void StoreAfter(string script, Database database)
    {
        if (Keys is not null)
        {
            Store(Keys.Then(script), database);
        }
    }

    // A database that is copied is the same however much of it is read.
    private static string Seen(string key, bool objects) => objects ? key + "-objects" : key;

    private Database? Find(string key)
    {
        try
        {
            return catalogs!.Find(Seen(key, settings.SeesObjects));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            settings.Progress?.Report(new RunEvent.CacheUnusable(unreadable.Message));
            return null;
        }
    }

    private void Store(string key, Database database)
    {
        try
        {
            catalogs!.Store(Seen(key, database.SeesObjects), database);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            settings.Progress?.Report(new RunEvent.CacheUnusable(unwritable.Message));
        }
    }
}
