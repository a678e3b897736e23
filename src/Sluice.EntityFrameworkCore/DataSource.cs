using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using Sluice.EntityFrameworkCore.Mapping;
using Sluice.Postgres.Connecting;

namespace Sluice.EntityFrameworkCore;

/// <summary>The pool of connections that contexts draw from.</summary>
internal static class DataSource
{
    // Contexts made by hand with the same string share a pool; EF Core would otherwise build its services anew for each.
    private static readonly ConcurrentDictionary<(string Connection, Delegate Enums), NpgsqlDataSource> Known = [];

    public static NpgsqlDataSource Shared(string? connectionString, Delegate key, EnumMapping enums) =>
        Known.GetOrAdd((Resolve(connectionString), key), k => Build(k.Connection, enums));

    public static NpgsqlDataSource Build(string? connectionString, EnumMapping enums)
    {
        var builder = new NpgsqlDataSourceBuilder(Resolve(connectionString));
        builder.EnableDynamicJson();
        enums.ApplyTo(builder);
        return builder.Build();
    }

    /// <summary>Npgsql's own form; `postgresql://` URLs and the `DB_*` variables are translated, with the pool's limits.</summary>
    private static string Resolve(string? connectionString)
    {
        if (connectionString is not null && !connectionString.StartsWith("postgres", StringComparison.Ordinal))
        {
            return connectionString;
        }

        var url = connectionString ?? Environment.GetEnvironmentVariable("DATABASE_URL");
        var address = url is { Length: > 0 }
            ? DatabaseAddress.Parse(url)
            : DatabaseAddress.FromVariables(Environment.GetEnvironmentVariable)
                ?? throw new InvalidOperationException("Which database? Give a connection string, or set DATABASE_URL, or DB_HOST and its siblings.");
        address = address.WithLimits(Environment.GetEnvironmentVariable);
        var builder = new NpgsqlConnectionStringBuilder(ServerConnection.ConnectionString(address))
        {
            Pooling = true,
            MinPoolSize = Number("DB_POOL_MIN", 2),
            MaxPoolSize = Number("DB_POOL_MAX", 10),
            IncludeErrorDetail = false,
            IncludeFailedBatchedCommand = false,
        };
        if (address.SchemaIsExplicit)
        {
            builder.SearchPath = address.Schema;
        }

        return builder.ConnectionString;
    }

    private static int Number(string variable, int otherwise) => Environment.GetEnvironmentVariable(variable) switch
    {
        null or "" => otherwise,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw new InvalidOperationException($"{variable} is `{text}`; write a whole number, such as {otherwise.ToString(CultureInfo.InvariantCulture)}."),
    };
}
