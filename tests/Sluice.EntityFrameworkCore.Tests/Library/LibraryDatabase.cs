using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Sluice.Catalog;
using Sluice.EntityFrameworkCore.Tests.Generation;
using Sluice.Tests.Support;
using Sluice.Text;

namespace Sluice.EntityFrameworkCore.Tests.Library;

/// <summary>The library's tables in a database of their own.</summary>
internal sealed class LibraryDatabase : IAsyncDisposable
{
    private static readonly Lazy<string> Script = new(() =>
    {
        var path = Path.Combine(Repository.Root, "tests/Sluice.EntityFrameworkCore.Tests/Library/schema.prisma");
        var model = GeneratedCode.Model([new SourceText("schema.prisma", File.ReadAllText(path))]);
        return Migration.Script(Catalog.Database.Empty, CatalogBuilder.Build(model));
    });

    private LibraryDatabase(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    public static async Task<LibraryDatabase> CreateAsync() => new(await TestDatabase.CreateAsync(Script.Value));

    public LibraryContext NewContext()
    {
        var options = new DbContextOptionsBuilder<LibraryContext>();
        Quiet(options.UseLibraryContext(Database.ConnectionString));
        return new LibraryContext(options.Options);
    }

    /// <summary>One program has one context; this one has hundreds.</summary>
    public static void Quiet(DbContextOptionsBuilder options) =>
        options.ConfigureWarnings(w => w.Ignore(CoreEventId.ManyServiceProvidersCreatedWarning));

    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var command = Database.Source.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
