using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Preflight;

/// <summary>The checks before a run; all facts come in one round trip.</summary>
public static partial class PreflightRun
{
    private const int OldestServer = 13;
    private const int OldestSupported = 14;
    private const int Shown = 3;

    /// <exception cref="ProblemException">The server cannot be reached or let nobody in; that is no check's verdict.</exception>
    public static Task<CheckReport> ReadAsync(RunSettings settings, CheckLimits limits, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var started = Stopwatch.GetTimestamp();
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            var connected = Stopwatch.GetElapsedTime(started);
            var facts = await ServerFacts.ReadAsync(connection, settings.Address.Schema, cancellation);
            return new CheckReport(
            [
                new Check("connection", string.Create(CultureInfo.InvariantCulture, $"connected in {connected.TotalMilliseconds:0} ms"), "", Verdict.Ok),
                .. Checks(settings, connection, facts, limits),
            ]);
        });

    /// <summary>The same under a run's lock, on its own session.</summary>
    public static Task<CheckReport> ReadAsync(RunAhead ahead, CheckLimits limits, CancellationToken cancellation = default) =>
        Operation.RunAsync(ahead.Settings, async () => new CheckReport(
            [.. Checks(ahead.Settings, ahead.Connection, await ServerFacts.ReadAsync(ahead.Connection, ahead.Settings.Address.Schema, cancellation), limits)]));

    private static IEnumerable<Check> Checks(RunSettings settings, NpgsqlConnection connection, ServerFacts facts, CheckLimits limits) =>
        [.. Whole(connection, facts, settings.Address, limits), .. Window(limits, settings.Clock.GetUtcNow())];

    /// <summary>All of them for a look at the whole, which no maintenance window bounds.</summary>
    internal static IEnumerable<Check> Whole(NpgsqlConnection connection, ServerFacts facts, DatabaseAddress address, CheckLimits limits) =>
    [
        Version(connection),
        .. Privileges(facts.Server, address, limits),
        Disk(facts.Server, ServerDisk.FreeBytes(address, facts.Server)),
        .. Sessions(facts, limits),
        Prepared(facts, limits),
        Connections(facts.Server, limits),
        .. Replication(facts, limits),
        InvalidIndexes(facts.InvalidIndexes, Verdict.Warning),
        Constraints(facts),
    ];

    private static Check Version(NpgsqlConnection connection)
    {
        var version = connection.PostgreSqlVersion;
        var verdict = version.Major switch
        {
            < OldestServer => Verdict.Critical,
            < OldestSupported => Verdict.Warning,
            _ => Verdict.Ok,
        };
        return new Check("server version", version.ToString(), string.Create(CultureInfo.InvariantCulture, $"{OldestSupported} or newer"), verdict);
    }

    private static IEnumerable<Check> Privileges(ServerFacts.Overview server, DatabaseAddress address, CheckLimits limits)
    {
        yield return server switch
        {
            { InRecovery: true } => new Check("writable", "the server is a standby", "a primary", Verdict.Critical) { Advice = "Connect to the primary." },
            { ReadOnly: true } => new Check("writable", "default_transaction_read_only is on", "off", Verdict.Critical),
            _ => new Check("writable", "yes", "a primary", Verdict.Ok),
        };
        yield return server switch
        {
            { MayCreate: false } => new Check("privileges", $"may not create objects in schema {address.Schema}", "CREATE", Verdict.Critical)
            {
                Advice = $"GRANT CREATE ON SCHEMA {ServerConnection.Quote(address.Schema)} TO {ServerConnection.Quote(address.User ?? "user")};",
            },
            { ForeignTables: > 0 } => new Check("privileges", string.Create(CultureInfo.InvariantCulture, $"does not own {server.ForeignTables} tables of schema {address.Schema}"), "owner of all", Verdict.Warning)
            {
                Advice = "Tables can be altered by their owner only: connect as the owner, or be a member of its role.",
            },
            { MayCreateDatabases: false } when limits.ProvesBackups => new Check("privileges", "may not create databases", "CREATEDB", Verdict.Warning)
            {
                Advice = $"Backups are proved in a scratch database: ALTER ROLE {ServerConnection.Quote(address.User ?? "user")} CREATEDB;",
            },
            { MayCreateDatabases: false } => new Check("privileges", "may create and alter", "CREATE, owner", Verdict.Ok),
            _ => new Check("privileges", "may create, alter, and prove backups", "CREATE, owner, CREATEDB", Verdict.Ok),
        };
    }

    // The worst single statement rewrites the largest table: a second copy of it with its indexes, and as much WAL again.
    private static Check Disk(ServerFacts.Overview server, long? free)
    {
        var need = 2 * server.LargestBytes;
        var threshold = server.LargestTable is { } table ? $"{Ages.Bytes(need)} to rewrite {table}" : "no table yet";
        return free switch
        {
            null => new Check("disk", "the server's disk cannot be seen from here", threshold, Verdict.Unknown),
            { } bytes when bytes < need => new Check("disk", $"{Ages.Bytes(bytes)} free", threshold, Verdict.Critical),
            { } bytes when bytes < 2 * need => new Check("disk", $"{Ages.Bytes(bytes)} free", threshold, Verdict.Warning),
            { } bytes => new Check("disk", $"{Ages.Bytes(bytes)} free", threshold, Verdict.Ok),
        };
    }

    private static Check Connections(ServerFacts.Overview server, CheckLimits limits)
    {
        var share = (double)server.Connections / Math.Max(1, server.MostConnections);
        return new Check(
            "connections",
            string.Create(CultureInfo.InvariantCulture, $"{server.Connections} of {server.MostConnections} in use"),
            string.Create(CultureInfo.InvariantCulture, $"{limits.Connections.Warning * 100:0} % / {limits.Connections.Critical * 100:0} %"),
            share > limits.Connections.Critical ? Verdict.Critical : share > limits.Connections.Warning ? Verdict.Warning : Verdict.Ok)
        {
            Advice = share > limits.Connections.Warning ? "Close idle clients, or raise the limit that is nearest: max_connections, or CONNECTION LIMIT of the database or the user." : null,
        };
    }

    private static IEnumerable<Check> Window(CheckLimits limits, DateTimeOffset now)
    {
        if (limits.Window is { } window)
        {
            yield return new Check(
                "maintenance window",
                string.Create(CultureInfo.InvariantCulture, $"it is {now.UtcDateTime:ddd HH:mm} UTC"),
                window.ToString(),
                window.Contains(now) ? Verdict.Ok : Verdict.Critical);
        }
    }

    internal static string List(IEnumerable<string> items, int count) =>
        string.Join("; ", items.Take(Shown)) + (count > Shown ? string.Create(CultureInfo.InvariantCulture, $"; and {count - Shown} more") : "");

    internal static Check InvalidIndexes(ImmutableArray<string> indexes, Verdict verdict) => indexes.IsEmpty
        ? new Check("invalid indexes", "none", "none", Verdict.Ok)
        : new Check("invalid indexes", List(indexes, indexes.Length), "none", verdict)
        {
            Advice = $"What a failed CREATE INDEX CONCURRENTLY leaves: REINDEX INDEX CONCURRENTLY {indexes[0]}; all of them: sluice doctor --fix",
            Evidence = indexes,
        };

    internal static Check Constraints(ServerFacts facts) => facts.UnvalidatedConstraints.IsEmpty
        ? new Check("constraints", "all validated", "all validated", Verdict.Ok)
        : new Check("constraints", "not validated: " + List(facts.UnvalidatedConstraints, facts.UnvalidatedConstraints.Length), "all validated", Verdict.Warning)
        {
            Advice = "ALTER TABLE … VALIDATE CONSTRAINT …; it reads the table and blocks nobody. All of them: sluice doctor --fix",
            Evidence = facts.UnvalidatedConstraints,
        };
}
