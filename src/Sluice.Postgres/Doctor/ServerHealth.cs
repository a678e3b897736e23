using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Doctor;

/// <summary>What an examination needs to know of a server beyond <see cref="ServerFacts"/>; both are read in one round trip.</summary>
internal sealed record ServerHealth(
    ServerFacts Facts,
    ImmutableDictionary<string, ServerHealth.Setting> Settings,
    ImmutableArray<ServerHealth.Role> Roles,
    ImmutableArray<string> Everybody,
    ImmutableArray<WaitingSession> Waits,
    ServerHealth.Archive Archiver,
    ServerHealth.Standbys Replicas,
    ImmutableArray<(string Database, long Failures, TimeSpan Last)> ChecksumFailures,
    ImmutableArray<(string Database, long Transactions, long Multixacts)> Ages,
    ImmutableArray<(string Table, long Age)> OldestTables,
    ImmutableArray<(string Name, string Installed, string? Available)> Extensions,
    ImmutableArray<(string Table, long Rows)> Unanalyzed,
    ImmutableArray<string> WithoutAutovacuum)
{
    /// <param name="Initial">What it is where nobody has set it.</param>
    public sealed record Setting(string Value, string Initial, bool NeedsRestart);

    /// <param name="IsSelf">The user that examines; the others have sessions in the database at this moment.</param>
    /// <param name="ServerFiles">Memberships that reach the server's files and programs.</param>
    public sealed record Role(string Name, bool IsSelf, bool IsSuperuser, bool MakesRoles, bool BypassesRowSecurity, bool Replicates, string ServerFiles);

    public sealed record Archive(long Archived, string LastArchived, TimeSpan? ArchivedAgo, long Failed, string LastFailed, TimeSpan? FailedAgo);

    /// <param name="Synchronous">Standbys that a commit waits for.</param>
    /// <param name="Hidden">Standbys of which this user may not see what they are.</param>
    /// <param name="Receivers">pg_receivewal, which archives without `archive_command`.</param>
    /// <param name="IsEncrypted">This connection is.</param>
    /// <param name="IsLocal">This connection does not leave the server's machine.</param>
    public sealed record Standbys(long Synchronous, long Hidden, long Receivers, bool IsEncrypted, bool IsLocal);

    /// <summary>The value; empty for a setting that the server does not have.</summary>
    public string this[string name] => Settings.GetValueOrDefault(name)?.Value ?? "";

    public static async Task<ServerHealth> ReadAsync(NpgsqlConnection connection, string schema, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        ServerFacts.AddTo(batch, schema);
        foreach (var query in HealthQueries.All)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(query));
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        return new ServerHealth(
            await ServerFacts.ReadAsync(reader, cancellation),
            (await NextAsync(r => (Name: r.GetString(0), Setting: new Setting(r.GetString(1), r.GetString(2), r.GetBoolean(3))))).ToImmutableDictionary(s => s.Name, s => s.Setting, StringComparer.Ordinal),
            await NextAsync(r => new Role(r.GetString(0), r.GetBoolean(1), r.GetBoolean(2), r.GetBoolean(3), r.GetBoolean(4), r.GetBoolean(5), r.GetString(6))),
            await NextAsync(r => r.GetString(0)),
            await NextAsync(r => new WaitingSession(
                r.GetInt32(0), r.GetString(1), r.GetString(2), r.GetString(3), Ago(r, 4), Ago(r, 5), Redaction.Statement(r.GetString(6), ServerFacts.Widest),
                [.. r.GetString(7).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => int.Parse(p, CultureInfo.InvariantCulture)).Distinct()])),
            (await NextAsync(r => new Archive(r.GetInt64(0), r.GetString(1), Ago(r, 2), r.GetInt64(3), r.GetString(4), Ago(r, 5))))[0],
            (await NextAsync(r => new Standbys(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetBoolean(3), r.GetBoolean(4))))[0],
            await NextAsync(r => (r.GetString(0), r.GetInt64(1), Ago(r, 2) ?? TimeSpan.Zero)),
            await NextAsync(r => (r.GetString(0), r.GetInt64(1), r.GetInt64(2))),
            await NextAsync(r => (r.GetString(0), r.GetInt64(1))),
            await NextAsync(r => (r.GetString(0), r.GetString(1), r.IsDBNull(2) ? null : r.GetString(2))),
            await NextAsync(r => (r.GetString(0), r.GetInt64(1))),
            await NextAsync(r => r.GetString(0)));

        Task<ImmutableArray<T>> NextAsync<T>(Func<NpgsqlDataReader, T> row) => reader.NextRowsAsync(row, cancellation);
    }

    private static TimeSpan? Ago(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(column)));
}

/// <param name="Age">Of its transaction; null where it has none, or this user may not see it.</param>
/// <param name="Waited">Null for one that waits for nobody, and is waited for.</param>
/// <param name="Blockers">Whom it waits for; 0 stands for a prepared transaction.</param>
internal sealed record WaitingSession(int ProcessId, string User, string Application, string State, TimeSpan? Age, TimeSpan? Waited, string Query, ImmutableArray<int> Blockers);
