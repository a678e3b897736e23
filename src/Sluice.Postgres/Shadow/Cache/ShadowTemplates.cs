using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Shadow.Cache;

/// <summary>
/// Shadow databases that were kept: the next replay begins with a copy of one, and runs only the scripts after it. Nobody can
/// connect to them; the name is the key, the comment says when one was used last. A server has a few of them at most.
/// </summary>
public static class ShadowTemplates
{
    public const string Prefix = "sluice_shadow_";

    public const int Most = 4;

    // Below that, running the scripts takes no longer than a copy.
    internal const int WorthAfter = 20;

    private const int KeyLength = 40;

    private static readonly TimeSpan Oldest = TimeSpan.FromDays(14);

    /// <summary>Those of this user, used last first.</summary>
    public static async Task<ImmutableArray<ShadowTemplate>> ListAsync(NpgsqlConnection server, CancellationToken cancellation = default)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT d.datname::text, pg_catalog.shobj_description(d.oid, 'pg_database'), coalesce(pg_catalog.pg_database_size(d.oid), 0)
            FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.oid = d.datdba
            WHERE pg_catalog.starts_with(d.datname::text, $1) AND r.rolname = current_user AND NOT d.datallowconn
            """,
            server);
        command.Parameters.Add(new NpgsqlParameter { Value = Prefix });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new List<ShadowTemplate>();
        while (await reader.ReadAsync(cancellation))
        {
            var used = reader.IsDBNull(1) ? null : reader.GetString(1).Split(' ')[^1];
            found.Add(new ShadowTemplate(
                reader.GetString(0),
                DateTimeOffset.TryParseExact(used, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : DateTimeOffset.MinValue,
                reader.GetInt64(2)));
        }

        return [.. found.OrderByDescending(t => t.Used).ThenBy(t => t.Name, StringComparer.Ordinal)];
    }

    /// <summary>Drops them; says which.</summary>
    public static async Task<ImmutableArray<string>> ClearAsync(NpgsqlConnection server, CancellationToken cancellation = default)
    {
        var dropped = ImmutableArray.CreateBuilder<string>();
        foreach (var template in await ListAsync(server, cancellation))
        {
            if (await DropAsync(server, template.Name, cancellation))
            {
                dropped.Add(template.Name);
            }
        }

        return dropped.ToImmutable();
    }

    /// <summary>The longest replay that is kept, of at most <paramref name="most"/> migrations; its name and their number.</summary>
    internal static async Task<(string Name, int Count)?> FindAsync(NpgsqlConnection server, ReplayKeys keys, int most, CancellationToken cancellation)
    {
        var names = (await ListAsync(server, cancellation)).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        for (var count = most; count > 0 && names.Count > 0; count--)
        {
            if (names.Contains(NameOf(keys.After[count])))
            {
                return (NameOf(keys.After[count]), count);
            }
        }

        return null;
    }

    /// <summary>Makes a finished shadow database a template, and drops those that are too many or too old. False when another run was quicker.</summary>
    internal static async Task<bool> KeepAsync(NpgsqlConnection server, string shadow, string key, DateTimeOffset now, CancellationToken cancellation)
    {
        var name = NameOf(key);
        try
        {
            // Renamed last: what bears the name is whole.
            await ExecuteAsync(server, $"ALTER DATABASE {ServerConnection.Quote(shadow)} WITH ALLOW_CONNECTIONS false", cancellation);
            await ExecuteAsync(server, $"ALTER DATABASE {ServerConnection.Quote(shadow)} RENAME TO {ServerConnection.Quote(name)}", cancellation);
        }
        catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ObjectInUse or PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }

        await TouchAsync(server, name, now, cancellation);
        foreach (var (i, template) in (await ListAsync(server, cancellation)).Index())
        {
            if (i >= Most || now - template.Used > Oldest)
            {
                await DropAsync(server, template.Name, cancellation);
            }
        }

        return true;
    }

    internal static async Task TouchAsync(NpgsqlConnection server, string name, DateTimeOffset now, CancellationToken cancellation)
    {
        const string ConcurrentlyUpdated = "XX000";
        try
        {
            var time = now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
            await ExecuteAsync(
                server,
                $"COMMENT ON DATABASE {ServerConnection.Quote(name)} IS 'Replayed migrations, kept by sluice; may be dropped at any time. Last used {time}'",
                cancellation);
        }
        catch (PostgresException other) when (other.SqlState is ConcurrentlyUpdated or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.InvalidCatalogName)
        {
            // Another run says the same at this moment, or has dropped it.
        }
    }

    private static string NameOf(string key) => Prefix + key[..KeyLength];

    private static async Task<bool> DropAsync(NpgsqlConnection server, string name, CancellationToken cancellation)
    {
        try
        {
            await ExecuteAsync(server, $"DROP DATABASE IF EXISTS {ServerConnection.Quote(name)}", cancellation);
            return true;
        }
        catch (PostgresException copied) when (copied.SqlState is PostgresErrorCodes.ObjectInUse)
        {
            // Another run copies it at this moment.
            return false;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection server, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, server);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

/// <param name="Used">When a replay began with it last.</param>
public sealed record ShadowTemplate(string Name, DateTimeOffset Used, long Bytes);
