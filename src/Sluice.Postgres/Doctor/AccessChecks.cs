using System.Collections.Immutable;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Doctor;

/// <summary>Who may more than it takes: to migrate takes owning the tables, to work with the data takes less.</summary>
internal static class AccessChecks
{
    public static IEnumerable<Check> Of(ServerHealth health, string database)
    {
        var self = health.Roles.Where(r => r.IsSelf).SelectMany(Excess).ToList();
        yield return self.Count == 0
            ? new Check("least privilege", "this user has no more than it needs", "no superuser", Verdict.Ok)
            : new Check("least privilege", self[0], "no superuser", Verdict.Warning)
            {
                Advice = $"Migrate as a user that owns the database and its tables, and no more: CREATE ROLE migrator LOGIN; ALTER DATABASE {ServerConnection.Quote(database)} OWNER TO migrator; ALTER TABLE … OWNER TO migrator;",
            };

        var others = health.Roles.Where(r => !r.IsSelf).SelectMany(Excess).ToImmutableArray();
        yield return others.IsEmpty
            ? new Check("users at work", "none has more than it needs", "no superuser", Verdict.Ok)
            : new Check("users at work", PreflightRun.List(others, others.Length), "no superuser", Verdict.Warning)
            {
                Evidence = others,
                Advice = "They have sessions here at this moment; what gets hold of one gets all of that: ALTER ROLE … NOSUPERUSER NOCREATEROLE NOBYPASSRLS;",
            };

        yield return health.Everybody.IsEmpty
            ? new Check("public rights", "PUBLIC may create nothing and write nothing", "none", Verdict.Ok)
            : new Check("public rights", "PUBLIC has " + PreflightRun.List(health.Everybody, health.Everybody.Length), "none", Verdict.Warning)
            {
                Evidence = health.Everybody,
                Advice = health.Everybody[0].StartsWith("CREATE on schema ", StringComparison.Ordinal)
                    ? $"Anybody who may connect can put functions there that others then call: REVOKE {health.Everybody[0].Replace("on schema", "ON SCHEMA", StringComparison.Ordinal)} FROM PUBLIC;"
                    : "Anybody who may connect can write: REVOKE … FROM PUBLIC;",
            };
    }

    private static IEnumerable<string> Excess(ServerHealth.Role role)
    {
        string[] attributes =
        [
            .. role.IsSuperuser ? new[] { "SUPERUSER" } : [],
            .. role is { MakesRoles: true, IsSuperuser: false } ? new[] { "CREATEROLE" } : [],
            .. role is { BypassesRowSecurity: true, IsSuperuser: false } ? new[] { "BYPASSRLS" } : [],
            .. role is { Replicates: true, IsSuperuser: false } ? new[] { "REPLICATION" } : [],
            .. role.ServerFiles.Length > 0 ? new[] { role.ServerFiles } : [],
        ];
        return attributes.Length == 0 ? [] : [$"{role.Name}: {string.Join(", ", attributes)}"];
    }
}
