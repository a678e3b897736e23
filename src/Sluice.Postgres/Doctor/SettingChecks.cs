using System.Globalization;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Doctor;

/// <summary>The settings that decide whether data outlives a crash, a year or a forgotten transaction.</summary>
internal static class SettingChecks
{
    private const long Page = 8192;

    private static readonly string[] Durable = ["fsync", "full_page_writes", "synchronous_commit"];
    private static readonly string[] Vacuuming = ["autovacuum", "track_counts"];
    private static readonly string[] TimeLimits = ["idle_in_transaction_session_timeout", "statement_timeout", "lock_timeout"];

    public static IEnumerable<Check> Of(ServerHealth health, string database, HealthLimits limits) =>
    [
        Durability(health),
        Autovacuum(health),
        health["wal_level"] == "minimal"
            ? new Check("wal level", "minimal", "replica", Verdict.Warning) { Advice = "No replica, no archive and no restore to a point in time: ALTER SYSTEM SET wal_level = 'replica'; and a restart." }
            : new Check("wal level", health["wal_level"], "replica", Verdict.Ok),
        TimeOuts(health, database),
        Memory(health, limits),
        health["password_encryption"] == "scram-sha-256"
            ? new Check("password hashes", "scram-sha-256", "scram-sha-256", Verdict.Ok)
            : new Check("password hashes", $"new ones are {health["password_encryption"]}", "scram-sha-256", Verdict.Warning)
            {
                Advice = "ALTER SYSTEM SET password_encryption = 'scram-sha-256'; then set each password anew.",
            },
        Encryption(health),
        Restart(health),
    ];

    private static Check Durability(ServerHealth health)
    {
        string[] off = [.. Durable.Where(s => health[s] == "off")];
        return off.Length == 0
            ? new Check("durability", "what is committed is on the disk", "on", Verdict.Ok)
            : new Check("durability", $"off: {string.Join(", ", off)}", "on", off is ["synchronous_commit"] ? Verdict.Warning : Verdict.Critical)
            {
                Advice = off is ["synchronous_commit"]
                    ? "A crash loses the commits of the last moments, and nothing else."
                    : $"A crash of the machine can leave a database that no longer opens: {string.Join(" ", off.Select(s => $"ALTER SYSTEM SET {s} = on;"))} SELECT pg_reload_conf();",
            };
    }

    private static Check Autovacuum(ServerHealth health)
    {
        string[] off = [.. Vacuuming.Where(s => health[s] == "off"), .. health.WithoutAutovacuum];
        return off.Length == 0
            ? new Check("autovacuum", "on", "on", Verdict.Ok)
            : new Check("autovacuum", $"off: {PreflightRun.List(off, off.Length)}", "on", Verdict.Warning)
            {
                Evidence = [.. off],
                Advice = "Tables grow, statistics age, and in the end the server takes no more writes: ALTER SYSTEM SET autovacuum = on; for a table ALTER TABLE … RESET (autovacuum_enabled);",
            };
    }

    private static Check TimeOuts(ServerHealth health, string database)
    {
        string[] shown = [.. TimeLimits.Select(s => $"{s} {(health[s] == "0" ? "none" : health[s] + " ms")}")];
        return health["idle_in_transaction_session_timeout"] == "0"
            ? new Check("time-outs", string.Join(", ", shown), "idle transactions end", Verdict.Warning)
            {
                Advice = $"A client that forgets to commit keeps its locks for ever: ALTER DATABASE {ServerConnection.Quote(database)} SET idle_in_transaction_session_timeout = '5min';",
            }
            : new Check("time-outs", string.Join(", ", shown), "idle transactions end", Verdict.Ok);
    }

    private static Check Memory(ServerHealth health, HealthLimits limits)
    {
        var bytes = long.Parse(health["shared_buffers"], CultureInfo.InvariantCulture) * Page;
        var isSmall = health.Settings["shared_buffers"] is { } setting && setting.Value == setting.Initial && health.Facts.Server.DatabaseBytes > limits.Memory * bytes;
        var value = $"shared_buffers {Ages.Bytes(bytes)}, the database {Ages.Bytes(health.Facts.Server.DatabaseBytes)}";
        return isSmall
            ? new Check("memory", value, "set for the machine", Verdict.Warning) { Advice = "It is as it comes, for the smallest of machines: a quarter of the machine's memory is usual, and takes a restart." }
            : new Check("memory", value, "set for the machine", Verdict.Ok);
    }

    private static Check Encryption(ServerHealth health)
    {
        var (listens, isOn) = (health["listen_addresses"], health["ssl"] == "on");
        var isOpen = listens.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Any(a => a is not ("localhost" or "::1") && !a.StartsWith("127.", StringComparison.Ordinal));
        return health.Replicas switch
        {
            { IsEncrypted: false, IsLocal: false } => new Check("encryption", "this connection comes from another machine and is not encrypted", "TLS", Verdict.Warning)
            {
                Advice = isOn ? "Add sslmode=verify-full to the address, and hostssl to pg_hba.conf." : "Switch ssl on in the server, and add sslmode=verify-full to the address.",
            },
            _ when isOpen && !isOn => new Check("encryption", $"ssl is off, and the server listens on {listens}", "TLS", Verdict.Warning)
            {
                Advice = "Passwords and rows cross the network as they are: ALTER SYSTEM SET ssl = on; with a certificate.",
            },
            _ => new Check("encryption", isOn ? "ssl is on" : "the server listens on its own machine alone", "TLS", Verdict.Ok),
        };
    }

    private static Check Restart(ServerHealth health)
    {
        string[] waiting = [.. health.Settings.Where(s => s.Value.NeedsRestart).Select(s => s.Key).Order(StringComparer.Ordinal)];
        return waiting.Length == 0
            ? new Check("pending restart", "none", "none", Verdict.Ok)
            : new Check("pending restart", $"set, and not yet in force: {string.Join(", ", waiting)}", "none", Verdict.Warning) { Advice = "They take hold when the server is restarted, which may be when nobody thinks of them: restart it at a time of your own." };
    }
}
