using System.Buffers.Binary;
using System.Security.Cryptography;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Shadow;

/// <summary>
/// Shadow databases that a killed run left behind. The name itself tells ours and its age: Prisma ends it in a random UUID
/// (version 4), we in one of version 8 that begins with the time. So nothing has to be written down that a kill could prevent.
/// </summary>
internal static class LeftoverShadows
{
    public const string Prefix = "prisma_migrate_shadow_db_";
    private const int OurVersion = 8;

    /// <summary>How the comment of one begins that is about to take a database's place: it is no leftover, whoever is not in it.</summary>
    public const string Successor = "sluice restore: to take the place of ";

    // Between its creation and the first connection a new one looks like a leftover.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    public static string NewName(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(now.ToUnixTimeMilliseconds() >> 16));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)now.ToUnixTimeMilliseconds());
        bytes[6] = (byte)((OurVersion << 4) | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return Prefix + new Guid(bytes, bigEndian: true).ToString("D");
    }

    public static async Task DropAsync(NpgsqlConnection server, RunSettings settings, CancellationToken cancellation)
    {
        foreach (var name in await FindAsync(server, settings.Clock.GetUtcNow(), cancellation))
        {
            try
            {
                await using var drop = new NpgsqlCommand($"DROP DATABASE IF EXISTS {ServerConnection.Quote(name)}", server);
                await drop.ExecuteNonQueryAsync(cancellation);
                settings.Progress?.Report(new RunEvent.LeftoverShadowDropped(name));
            }
            catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.ObjectInUse or PostgresErrorCodes.InsufficientPrivilege)
            {
                // In use after all, or another user's: then it is not ours to drop.
            }
        }
    }

    private static async Task<List<string>> FindAsync(NpgsqlConnection server, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT d.datname::text
            FROM pg_catalog.pg_database d
            WHERE pg_catalog.starts_with(d.datname::text, $1)
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)
              AND NOT pg_catalog.starts_with(coalesce(pg_catalog.shobj_description(d.oid, 'pg_database'), ''), $2)
            """,
            server);
        command.Parameters.Add(new NpgsqlParameter { Value = Prefix });
        command.Parameters.Add(new NpgsqlParameter { Value = Successor });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            if (MadeAt(reader.GetString(0)) is { } made && now - made > Grace)
            {
                found.Add(reader.GetString(0));
            }
        }

        return found;
    }

    /// <summary>When one of ours was made; null for everyone else's.</summary>
    private static DateTimeOffset? MadeAt(string name)
    {
        if (!Guid.TryParseExact(name.AsSpan(Prefix.Length), "D", out var id) || id.Version != OurVersion)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = ((long)BinaryPrimitives.ReadUInt32BigEndian(bytes) << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        return milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }
}
