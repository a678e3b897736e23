using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Sluice.EntityFrameworkCore.Mapping;
using Sluice.EntityFrameworkCore.Saving;

namespace Sluice.EntityFrameworkCore;

/// <summary>What generated contexts are registered with; `AddXxxContext` calls it.</summary>
public static class SluiceContext
{
    /// <summary>One data source for the application, and contexts from a pool.</summary>
    /// <param name="connectionString">Npgsql's form or a `postgresql://` URL; null for `DATABASE_URL`, or `DB_HOST` and its siblings.</param>
    public static IServiceCollection Add<TContext>(
        IServiceCollection services,
        string? connectionString,
        Action<EnumMapping> mapEnums,
        Action<DbContextOptionsBuilder>? configure)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(mapEnums);
        var enums = new EnumMapping();
        mapEnums(enums);

        // Made by the container, which also closes it.
        services.AddKeyedSingleton(typeof(TContext), (_, _) => DataSource.Build(connectionString, enums));
        return services.AddDbContextPool<TContext>((provider, options) =>
        {
            Use(options, provider.GetRequiredKeyedService<NpgsqlDataSource>(typeof(TContext)), enums, provider.GetService<TimeProvider>());
            configure?.Invoke(options);
        });
    }

    /// <summary>The same options for a context made by hand; its pool lasts as long as the program.</summary>
    public static DbContextOptionsBuilder Use(DbContextOptionsBuilder options, string? connectionString, Action<EnumMapping> mapEnums)
    {
        ArgumentNullException.ThrowIfNull(mapEnums);
        var enums = new EnumMapping();
        mapEnums(enums);
        return Use(options, DataSource.Shared(connectionString, mapEnums, enums), enums, null);
    }

    private static DbContextOptionsBuilder Use(DbContextOptionsBuilder options, NpgsqlDataSource source, EnumMapping enums, TimeProvider? clock)
    {
        options.UseNpgsql(source, npgsql =>
        {
            enums.ApplyTo(npgsql);
            npgsql.EnableRetryOnFailure();
        });
        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(options.Options.FindExtension<RawTextExtension>() ?? new RawTextExtension());
        options.ReplaceService<IQuerySqlGeneratorFactory, RawTextSqlGeneratorFactory>();
        options.ReplaceService<IUpdateSqlGenerator, RawTextReturning>();
        return options.AddInterceptors(new BeforeSaving(clock ?? TimeProvider.System));
    }
}
